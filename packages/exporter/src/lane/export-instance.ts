import type { InstanceNotice } from '@ahi-dicom/dicomizer'
import { formatTag } from '@ahi-dicom/dicom-standard'
import { lookUpKeyword } from '@ahi-dicom/dicom-standard/dictionary'
import { directoryEntry, missingKeys, type DirectoryEntry } from '@ahi-dicom/export-files'
import { failureOf } from '../failure/failure.ts'
import { checkFiles } from './check-files.ts'
import { manifestEntry, readFrames, unverifiedNotice } from './manifest-entry.ts'
import { failedItem, type InstanceItem, type ItemResult } from './lane-item.ts'
import type { Lane } from './lane.ts'
import { lossOf } from './loss-of.ts'
import { openInstance, type OpenInstance } from './open-instance.ts'
import { createReceived } from './received.ts'
import { writeInstance, type InstanceToWrite } from './write-instance.ts'

/** Exports one instance, see `exportItem`. */
export async function exportInstance(lane: Lane, item: InstanceItem, signal: AbortSignal): Promise<ItemResult> {
  const keepsFrames = rereadsFrames(lane) ? 'within-limit' : 'never'
  const received = createReceived(lane.onFetched)
  let open: OpenInstance
  try {
    open = openInstance(lane, item, { isFallback: false, keepsFrames, received })
  } catch (error) {
    return failedItem(item.id, [failureOf(error)])
  }
  const memory = await lane.memory.reserve(open.heldByteLength, { signal })
  try {
    const openWhole = (): OpenInstance => openInstance(lane, item, { isFallback: true, keepsFrames, received })
    return await exportOpened(lane, { item, open, openWhole }, signal)
  } catch (error) {
    signal.throwIfAborted()
    return failedItem(item.id, [failureOf(error)])
  } finally {
    memory.release()
  }
}

async function exportOpened(lane: Lane, target: InstanceToWrite, signal: AbortSignal): Promise<ItemResult> {
  const { instance, files, failures, notices: ofFiles } = await writeInstance(lane, target, signal)
  const { item } = target
  checkFiles(files, instance, lane.formats)
  const directory = lane.options.dicomdir === true ? directoryEntry(instance) : undefined
  const notices = directory === undefined ? ofFiles : [...ofFiles, ...inventionNotices(directory)]
  const recorded = { instance, notices, options: lane.options, directory }
  const entries = files.map((file) => manifestEntry(item.key, recorded, file))
  const frames = readFrames(instance)
  const isUnverified = entries.some(({ checksum }) => checksum === 'unverified')
  return {
    id: item.id,
    entries,
    notices: isUnverified ? [...notices, unverifiedNotice(frames)] : notices,
    failures: [...failures, ...lossOf(notices)].map(failureOf),
    frames,
  }
}

/** Returns a notice for each DICOMDIR key that the instance lacks. The DICOMDIR has an invented value for it. */
function inventionNotices(entry: DirectoryEntry): readonly InstanceNotice[] {
  return missingKeys(entry).map((keyword) => ({
    code: 'DIRECTORY_KEY_INVENTED',
    tag: formatTag(lookUpKeyword(keyword)?.tag ?? 0),
    message: `the instance has no ${keyword}; its record in the DICOMDIR has an invented value`,
    isLoss: false,
  }))
}

/** Returns true if several formats read the same frames. */
function rereadsFrames({ formats }: Lane): boolean {
  return formats.length > 1 && formats.some(({ readsPixels }) => readsPixels)
}
