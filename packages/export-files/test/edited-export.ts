import { createFormats, selectFrames, verifyExport } from '@ahi-dicom/export-files'
import type { Destination, Format } from '@ahi-dicom/export-files'
import { isDeepStrictEqual } from 'node:util'
import { namesOfRecord, type Files } from './edits.ts'
import { instanceDouble, keyOf } from './instance-double.ts'
import { openExport } from './open-export.ts'
import { recordMemory } from './record-memory.ts'

const layout = '{SeriesInstanceUID}/{SOPInstanceUID}'
const formats = [...createFormats(['dcm']), textOfFrames()]

/** A format that makes one file per frame. */
function textOfFrames(): Format {
  const frames = selectFrames(undefined)
  return {
    name: 'txt',
    mediaType: 'text/plain',
    readsPixels: true,
    frames,
    *files({ instance }) {
      for (const frame of frames.of(instance.pictureCount)) yield { frame, chunks: [Buffer.from(`frame ${frame}`)] }
    },
  }
}

/** Instances with files of equal and of different length, one of them with two pictures. */
const instances = ['file 1', 'file 2', 'file 3', 'a longer file'].map((text, index) =>
  instanceDouble({
    sopInstanceUid: `1.${index + 1}`,
    chunks: [Buffer.from(text)],
    frames: index === 1 ? [Uint8Array.of(1, 2), Uint8Array.of(3, 4)] : [],
  }),
)

/** Exports the missing files. Returns true if the export is complete. */
export async function exportAll(destination: Destination, mode: 'new' | 'resume', failed?: number): Promise<boolean> {
  await using running = await openExport(destination, { mode, layout, formats })
  for (const [index, instance] of instances.entries()) {
    if (running.completed(instance)) continue
    if (index === failed) {
      const { datastoreId, sopInstanceUid } = keyOf(instance)
      await running.record.fail({ datastoreId, sopInstanceUid, code: 'NO', message: 'no', retryable: false })
    } else await running.export(instance)
    if (index === 1) await running.flush()
  }
  await running.record.warn({
    ...keyOf(instances[0] ?? instanceDouble()),
    code: 'PIXELS_NOT_DECODED',
    message: '',
    instances: 1,
  })
  await running.flush()
  const lost = await running.record.finish({ isComplete: failed === undefined })
  const isComplete = failed === undefined && lost.length === 0
  await running.record.close({ outcome: isComplete ? 'complete' : 'failed', instances: { failed: 1 } })
  return isComplete
}

/** Returns true if verification finds no problem. */
export async function isGood(destination: Destination): Promise<boolean> {
  try {
    for await (const event of verifyExport(destination, { maxMemory: recordMemory.bytes }))
      if (event.kind === 'problem') return false
    return true
  } catch {
    return false
  }
}

/** Returns a copy of the files that can be edited. */
export function copied(files: Files): Files {
  return new Map([...files].map(([path, bytes]) => [path, Buffer.from(bytes)]))
}

/** Returns true if two exports have the same files. Ignores the files of the record. */
export function isSame(files: Files, right: Files): boolean {
  return isDeepStrictEqual(dataOf(files), dataOf(right))
}

function dataOf(files: Files): Record<string, string> {
  const data = [...files].filter(([path]) => !namesOfRecord.includes(path))
  return Object.fromEntries(data.map(([path, bytes]) => [path, String(bytes)]))
}
