import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { startAlteringProxy } from './support/altering-proxy.ts'
import { makeFolder, parseJsonLines, readExport } from './support/export-folder.ts'
import { startLocalAhi, type LocalAhi } from './support/local-ahi.ts'
import { startCli } from './support/run-cli.ts'

let ahi: LocalAhi

beforeAll(async () => {
  ahi = await startLocalAhi()
})
afterAll(() => ahi[Symbol.asyncDispose]())

describe('export', () => {
  test('stops at an interrupt and is completed by --resume', async () => {
    const [whole, out] = [await makeFolder(), await makeFolder()]
    const [held, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    let frames = 0
    await using proxy = await startAlteringProxy(ahi.emulator.endpoint, async (answer, path) => {
      if (!path.endsWith('/getImageFrame') || ++frames <= 5) return answer
      held.resolve()
      await released.promise
      return answer
    })
    const command = ['export', '--all', '--out', out, '--concurrency', '2']
    const { child, result, saw } = startCli([...command, '--endpoint-url', proxy.endpoint], { env: ahi.env })
    await held.promise
    child.kill('SIGINT')
    await saw('interrupt again')
    released.resolve()
    const stopped = await result
    expect(stopped.exitCode).toBe(130)
    expect(stopped.stderr).toContain('interrupted')
    expect(stopped.stdout).toContain('--resume')
    expect((await readExport(out)).size).toBeLessThan(ahi.imported)
    const resumed = parseJsonLines((await ahi.run([...command, '--resume', '--json'])).stdout)
    expect(resumed).toMatchObject([{ outcome: 'complete' }])
    await ahi.run(['export', '--all', '--out', whole])
    expect(await readExport(out)).toEqual(await readExport(whole))
    expect(await ahi.run(['verify', out])).toMatchObject({ exitCode: 0 })
  })

  test('ends at once at the second interrupt', async () => {
    const arrived = Promise.withResolvers<void>()
    await using proxy = await startAlteringProxy(ahi.emulator.endpoint, async (answer, path) => {
      if (!path.endsWith('/getImageFrame')) return answer
      arrived.resolve()
      return await new Promise(() => {})
    })
    const command = ['export', '--all', '--out', await makeFolder(), '--endpoint-url', proxy.endpoint]
    const { child, result, saw } = startCli(command, { env: ahi.env })
    await arrived.promise
    child.kill('SIGTERM')
    await saw('interrupt again')
    const again = setInterval(() => child.kill('SIGTERM'), 50)
    onTestFinished(() => clearInterval(again))
    expect(await result).toMatchObject({ exitCode: 130 })
  })
})
