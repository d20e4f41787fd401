import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { verifyExport } from '@ahi-dicom/export-files'
import type { VerificationEvent } from '@ahi-dicom/export-files'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import { instanceDouble } from '../../export-files/test/instance-double.ts'
import { openExport } from '../../export-files/test/open-export.ts'
import { filesBelow, temporaryDirectory } from './temporary-directory.ts'

const script = new URL('stopped-export.ts', import.meta.url).pathname
const instances = Array.from({ length: 11 }, (_, i) => instanceDouble({ sopInstanceUid: `1.2.${i + 1}` }))

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
  for await (const event of verifyExport(folderDestination({ directory }))) {
    if (event.kind !== 'verified') events.push(event)
  }
  return events
}

/** Resumes an export and writes the missing instances. Returns them. */
async function resume(directory: string): Promise<readonly string[]> {
  await using running = await openExport(folderDestination({ directory }), { mode: 'resume' })
  const missing = instances.filter((instance) => !running.completed(instance))
  for (const instance of missing) await running.export(instance)
  await running.flush()
  await running.record.close({ outcome: 'complete' })
  return missing.map(({ sopInstanceUid }) => sopInstanceUid)
}

test('an export killed in the middle of a file keeps its finished files and can be resumed', async () => {
  using directory = temporaryDirectory()
  await killHalfway(directory.path)
  const half = filesBelow(directory.path).filter((path) => path.endsWith('.part'))
  expect(half).toHaveLength(1)
  expect(await findings(directory.path)).toMatchObject([
    { problem: 'incomplete', path: 'summary.json' },
    { problem: 'unlisted', path: half[0] },
    { kind: 'summary', files: 10, flushed: 7, verified: 10, problems: 2, isComplete: false },
  ])
  // A power cut, unlike a kill, may leave half of the line that was being written.
  appendFileSync(join(directory.path, 'manifest.ndjson'), '{"datastoreId":"123456')

  expect(await resume(directory.path)).toEqual(['1.2.11'])
  expect(await findings(directory.path)).toMatchObject([
    { kind: 'summary', files: 11, flushed: 11, verified: 11, problems: 0 },
  ])
})

test('files that a power cut emptied after the last flush are found and written again', async () => {
  using directory = temporaryDirectory()
  await killHalfway(directory.path)
  const path = (number: number): string => join(directory.path, `1.2.${number}.dcm`)
  writeFileSync(path(8), new Uint8Array(8000))
  truncateSync(path(9), 4096)
  expect(await findings(directory.path)).toMatchObject([
    { problem: 'hash', path: '1.2.8.dcm' },
    { problem: 'size', path: '1.2.9.dcm' },
    { problem: 'incomplete' },
    { problem: 'unlisted' },
    { kind: 'summary', files: 10, flushed: 7, verified: 8 },
  ])
  expect(await resume(directory.path)).toEqual(['1.2.8', '1.2.9', '1.2.11'])
  expect(await findings(directory.path)).toMatchObject([{ files: 11, flushed: 11, verified: 11, problems: 0 }])
})

test('an export can be resumed if a power cut removed the end of the manifest', async () => {
  using directory = temporaryDirectory()
  await killHalfway(directory.path)
  const manifest = join(directory.path, 'manifest.ndjson')
  const { manifestBytes }: { manifestBytes: number } = JSON.parse(
    readFileSync(join(directory.path, 'flushed.json'), 'utf8'),
  )
  const { length } = readFileSync(manifest)
  expect(manifestBytes).toBeLessThan(length)
  truncateSync(manifest, manifestBytes + 10)
  truncateSync(manifest, length)
  expect(await resume(directory.path)).toEqual(['1.2.8', '1.2.9', '1.2.10', '1.2.11'])
  expect(await findings(directory.path)).toMatchObject([{ files: 11, flushed: 11, verified: 11, problems: 0 }])
})
