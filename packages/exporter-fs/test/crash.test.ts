import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { directorySink, verifyDirectory } from '@ahi-dicom/exporter-fs'
import type { VerificationEvent } from '@ahi-dicom/exporter-fs'
import { entryOf, instanceDouble } from './instance-double.ts'
import { filesBelow, temporaryDirectory } from './temporary-directory.ts'

const script = new URL('stopped-export.ts', import.meta.url).pathname

async function killHalfway(directory: string): Promise<void> {
  const child = spawn(process.execPath, ['--conditions=@ahi-dicom/source', script, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')
}

async function findings(directory: string): Promise<readonly VerificationEvent[]> {
  const events: VerificationEvent[] = []
  for await (const event of verifyDirectory(directory)) if (event.kind !== 'verified') events.push(event)
  return events
}

test('an export killed in the middle of a file keeps what is done and is gone on with', async () => {
  using directory = temporaryDirectory()
  await killHalfway(directory.path)
  const half = filesBelow(directory.path).filter((path) => path.endsWith('.part'))
  expect(half).toHaveLength(1)
  expect(await findings(directory.path)).toMatchObject([
    { problem: 'unlisted', path: half[0] },
    { kind: 'summary', files: 10, verified: 10, problems: 1 },
  ])
  // What a power cut, unlike a kill, may leave of the line being written.
  appendFileSync(join(directory.path, 'manifest.ndjson'), '{"datastoreId":"123456')

  const sink = directorySink({ directory: directory.path, mode: 'resume' })
  await sink.open()
  const instances = Array.from({ length: 11 }, (_, i) => instanceDouble({ sopInstanceUid: `1.2.${i + 1}` }))
  const missing = instances.filter((instance) => !sink.completed(instance))
  expect(missing.map(({ sopInstanceUid }) => sopInstanceUid)).toEqual(['1.2.11'])
  for (const instance of missing) {
    for (const file of await sink.write(instance)) await sink.journal(entryOf(instance, file))
  }
  await sink.close({})
  expect(await findings(directory.path)).toMatchObject([{ kind: 'summary', files: 11, verified: 11, problems: 0 }])
})
