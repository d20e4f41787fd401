import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeFolder, parseJsonLines, readExport } from './support/export-folder.ts'
import { runCli } from './support/run-cli.ts'

test('runs the whole way with nothing at hand and says what it did and where', async () => {
  const out = join(await makeFolder(), 'demo')
  const { exitCode, stdout, stderr } = await runCli(['demo', '--no-progress', '--out', out])
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  for (const step of ['1.', '2.', '3.', '4.', '5.']) expect(stdout).toMatch(new RegExp(`^${step} `, 'm'))
  expect(stdout).toContain(`manifest.ndjson and summary.json are in ${out}\n`)
  expect(stdout).toMatch(/^A slice as a picture: .*\.png$/m)
  const extensions = new Set([...(await readExport(out)).keys()].map((path) => path.split('.').at(-1)))
  expect(extensions).toEqual(new Set(['dcm', 'png']))
})

test('reports as JSON', async () => {
  const out = await makeFolder()
  const [report] = parseJsonLines((await runCli(['demo', '--json', '--out', out])).stdout)
  expect(report).toMatchObject({
    directory: out,
    export: { outcome: 'complete', unverifiedFrames: 0 },
    verification: { problems: 0 },
  })
})

test('does not write into another export', async () => {
  const out = await makeFolder()
  await runCli(['demo', '--out', out])
  const { exitCode, stderr } = await runCli(['demo', '--out', out])
  expect(exitCode).toBe(2)
  expect(stderr).toContain('already holds an export')
})
