import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { makeFolder, parseJsonLines } from './support/export-folder.ts'
import { runCli, startCli } from './support/run-cli.ts'

test('emulate asks for signatures and follows fault rules', async () => {
  const rules = join(await makeFolder(), 'faults.json')
  const fault = { kind: 'error', code: 'AccessDeniedException' }
  await writeFile(rules, JSON.stringify({ rules: [{ operations: ['SearchImageSets'], fault }] }))
  const emulator = startCli(['emulate', '--json', '--access-key', 'test:secret', '--faults', rules])
  onTestFinished(async () => {
    emulator.child.kill('SIGTERM')
    await emulator.result
  })
  const [ready] = parseJsonLines(await emulator.saw('"rejected"'))
  const target = ['--endpoint-url', String(ready?.['endpoint']), '--datastore-id', String(ready?.['datastoreId'])]
  const env = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'us-east-1' }
  expect(await runCli(['datastores', ...target], { env })).toMatchObject({ exitCode: 0 })
  const wrong = await runCli(['datastores', ...target], { env: { ...env, AWS_SECRET_ACCESS_KEY: 'another' } })
  expect(wrong.exitCode).toBe(7)
  const search = await runCli(['search', ...target], { env })
  expect(search.stderr).toContain('403 AccessDeniedException')
})

test('emulate refuses rules and keys that cannot be', async () => {
  const rules = join(await makeFolder(), 'faults.json')
  await writeFile(rules, '{"rules": [{"fault": {"kind": "explode"}}]}')
  expect(await runCli(['emulate', '--faults', rules])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('rules[0].fault.kind must be one of'),
  })
  expect(await runCli(['emulate', '--access-key', 'nothing'])).toMatchObject({ exitCode: 2 })
})
