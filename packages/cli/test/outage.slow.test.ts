import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LocalServer } from '../../exporter/test/doubles/local-server.ts'
import { startAlteringProxy, type Answer } from './support/altering-proxy.ts'
import { makeFolder, readExport, readJsonLines } from './support/export-folder.ts'
import { startLocalAhi, type LocalAhi } from './support/local-ahi.ts'
import type { CliResult } from './support/run-cli.ts'

const away: Answer = {
  status: 503,
  headers: { 'content-type': 'application/json', 'x-amzn-errortype': 'ServiceUnavailable' },
  body: Buffer.from('{"message":"away"}'),
}
let ahi: LocalAhi

beforeAll(async () => {
  ahi = await startLocalAhi()
})
afterAll(() => ahi[Symbol.asyncDispose]())

interface AwayService extends LocalServer {
  readonly refused: number
}

/** Starts a service that does not answer for some time after the tenth frame. */
async function startAwayService(ms: number): Promise<AwayService> {
  let frames = 0
  let refused = 0
  let awayUntil: number | undefined
  const proxy = await startAlteringProxy(ahi.emulator.endpoint, (answer, path) => {
    if (path.endsWith('/getImageFrame')) frames += 1
    if (frames === 10) awayUntil ??= performance.now() + ms
    if (performance.now() >= (awayUntil ?? 0)) return answer
    refused += 1
    return away
  })
  return {
    ...proxy,
    get refused() {
      return refused
    },
  }
}

async function exportFrom({ endpoint }: LocalServer, out: string, ...options: string[]): Promise<CliResult> {
  return await ahi.run(['export', '--all', '--out', out, '--endpoint-url', endpoint, ...options])
}

test('an export waits for a service that is away, and says so', { timeout: 30_000 }, async () => {
  await using service = await startAwayService(1500)
  const out = await makeFolder()
  const { exitCode, stderr } = await exportFrom(service, out)
  expect(stderr).toMatch(
    /^ahi-dicom: AHI is unavailable since \S+Z: the service answered 503 ServiceUnavailable; waiting until it answers\nahi-dicom: AHI is available again after \d\.\d s\n$/,
  )
  expect(exitCode).toBe(0)
  expect((await readExport(out)).size).toBe(ahi.imported)
  expect(service.refused).toBeLessThan(64 + 10)
})

test('an export ends when the service stays away, and is completed later', { timeout: 30_000 }, async () => {
  await using service = await startAwayService(1e9)
  const out = await makeFolder()
  const { exitCode, stdout, stderr } = await exportFrom(service, out, '--wait-for-service', '1')
  expect(exitCode).toBe(5)
  expect(stdout).toMatch(/instances? not finished/)
  expect(stdout).toContain('(AHI_OUTAGE 1)')
  expect(stdout).toContain('when it answers again, run it again with --resume')
  expect(stderr).toMatch(/\nahi-dicom: Cannot get .*: the service has been away for 1 s \(the service answered 503/)
  const errors = await readJsonLines(join(out, 'errors.ndjson'))
  expect(errors).toMatchObject([{ code: 'AHI_OUTAGE', retryable: true, datastoreId: ahi.emulator.datastoreId }])
  const resumed = await ahi.run(['export', '--all', '--out', out, '--resume'])
  expect(resumed).toMatchObject({ exitCode: 0, stderr: '' })
  expect((await readExport(out)).size).toBe(ahi.imported)
})

test.each(['-1', 'long', '1.5', '86401'])('--wait-for-service %s is a usage error', async (seconds) => {
  const { exitCode, stderr } = await ahi.run(['search', '--wait-for-service', seconds])
  expect(exitCode).toBe(2)
  expect(stderr).toContain('--wait-for-service')
})
