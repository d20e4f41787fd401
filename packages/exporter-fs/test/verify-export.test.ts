import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { verifyExport } from '@ahi-dicom/export-files'
import type { VerificationEvent } from '@ahi-dicom/export-files'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import { instanceDouble } from '../../export-files/test/instance-double.ts'
import { openExport } from '../../export-files/test/open-export.ts'
import { temporaryDirectory } from './temporary-directory.ts'

async function exportTo(directory: string, count: number): Promise<void> {
  await using running = await openExport(folderDestination({ directory }), { layout: 'study/{SOPInstanceUID}' })
  for (let number = 1; number <= count; number++) {
    await running.export(instanceDouble({ sopInstanceUid: `1.${number}`, chunks: [Buffer.from(`file ${number}`)] }))
  }
  await running.flush()
  await running.record.close({ outcome: 'complete' })
}

async function eventsOf(directory: string): Promise<readonly VerificationEvent[]> {
  const events: VerificationEvent[] = []
  for await (const event of verifyExport(folderDestination({ directory }))) events.push(event)
  return events
}

async function problemsOf(directory: string): Promise<readonly string[]> {
  const events = await eventsOf(directory)
  return events.flatMap((event) => (event.kind === 'problem' ? [`${event.problem} ${event.path}`] : []))
}

describe('verifyExport of a folder', () => {
  test('finds no problem in a complete export', async () => {
    using directory = temporaryDirectory()
    await exportTo(directory.path, 9)
    const events = await eventsOf(directory.path)
    expect(events.slice(0, -1)).toEqual(
      Array.from({ length: 9 }, (_, i) => ({ kind: 'verified', path: `study/1.${i + 1}.dcm`, byteLength: 6 })),
    )
    const counts = { files: 9, flushed: 9, verified: 9, byteLength: 54, problems: 0, unverified: 0, unchecked: 0 }
    expect(events.at(-1)).toEqual({ kind: 'summary', ...counts, isComplete: true })
  })

  test('names files that are missing, cut, changed, or not in the manifest', async () => {
    using directory = temporaryDirectory()
    await exportTo(directory.path, 4)
    rmSync(join(directory.path, 'study/1.1.dcm'))
    writeFileSync(join(directory.path, 'study/1.2.dcm'), 'file')
    writeFileSync(join(directory.path, 'study/1.3.dcm'), 'FILE 3')
    writeFileSync(join(directory.path, 'study/1.5.dcm'), 'file 5')
    expect(await problemsOf(directory.path)).toEqual([
      'missing study/1.1.dcm',
      'size study/1.2.dcm',
      'hash study/1.3.dcm',
      'unlisted study/1.5.dcm',
    ])
    expect((await eventsOf(directory.path)).at(-1)).toMatchObject({ files: 4, verified: 1, problems: 4 })
  })

  test('names invalid lines of the manifest and continues', async () => {
    using directory = temporaryDirectory()
    await exportTo(directory.path, 1)
    const manifest = join(directory.path, 'manifest.ndjson')
    writeFileSync(manifest, `not JSON\n[]\n${readFileSync(manifest, 'utf8')}{"torn":`)
    const line = 'line manifest.ndjson'
    expect(await problemsOf(directory.path)).toEqual([line, line, line, 'record manifest.ndjson'])
    expect((await eventsOf(directory.path)).at(-1)).toMatchObject({ files: 1, verified: 1 })
  })

  test('does not read paths of the manifest that lead out of the folder', async () => {
    using directory = temporaryDirectory()
    const inner = join(directory.path, 'inner')
    await exportTo(inner, 1)
    writeFileSync(join(directory.path, 'secret'), 'file 1')
    const manifest = join(inner, 'manifest.ndjson')
    appendFileSync(manifest, unchecked(readFileSync(manifest, 'utf8')).replace('study/1.1.dcm', '../secret'))
    expect(await problemsOf(inner)).toEqual(['outside ../secret', 'record manifest.ndjson'])
  })

  test('uses the last of several lines for the same file', async () => {
    using directory = temporaryDirectory()
    await exportTo(directory.path, 1)
    const manifest = join(directory.path, 'manifest.ndjson')
    const line = unchecked(readFileSync(manifest, 'utf8'))
    writeFileSync(manifest, line.replace('"bytes":6', '"bytes":7') + line)
    expect(await problemsOf(directory.path)).toEqual(['record manifest.ndjson'])
  })

  test('reports a missing manifest', async () => {
    using directory = temporaryDirectory()
    mkdirSync(join(directory.path, 'empty'))
    await expect(eventsOf(join(directory.path, 'empty'))).rejects.toMatchObject({ code: 'OUTPUT_NO_MANIFEST' })
    await expect(eventsOf(join(directory.path, 'nowhere'))).rejects.toMatchObject({ code: 'OUTPUT_NO_MANIFEST' })
  })

  test('stops when the signal aborts', async () => {
    using directory = temporaryDirectory()
    await exportTo(directory.path, 9)
    const controller = new AbortController()
    const reason = new Error('enough')
    const events = verifyExport(folderDestination({ directory: directory.path }), { signal: controller.signal })
    await events.next()
    controller.abort(reason)
    await expect(drain(events)).rejects.toBe(reason)
  })
})

/** Returns the lines in the format of older versions: without the checksum that reveals a changed line. */
function unchecked(lines: string): string {
  return lines.replaceAll(/,"crc32":"\w+"/g, '')
}

async function drain(events: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of events);
}
