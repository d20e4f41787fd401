import { tags } from '@ahi-dicom/dicom-standard'
import { bytesInMemory, openPart10, plainText, UnreadableFileError } from '@ahi-dicom/dicom-standard/reader'

/** What the first bytes of an instance tell. */
export interface InstanceStart {
  readonly sopInstanceUid: string
  readonly transferSyntaxUid: string
}

/**
 * Reads which instance a file is from its first bytes. Servers go by the data set; group 0002 tells it if the data set does
 * not begin with it, or is deflated.
 *
 * @throws {UnreadableFileError} for what is no DICOM file, or names no instance
 */
export async function readInstanceStart(bytes: Uint8Array): Promise<InstanceStart> {
  const opened = await open(bytes, tags.sopInstanceUid + 1)
  const { fileMeta, dataSet, transferSyntaxUid } = opened ?? (await openPart10(bytesInMemory(bytes), { endBefore: 0 }))
  const named = plainText(dataSet.get(tags.sopInstanceUid)) || plainText(fileMeta.get(tags.mediaStorageSopInstanceUid))
  const sopInstanceUid = named.trim()
  if (!/^[\d.]{1,64}$/.test(sopInstanceUid)) throw new UnreadableFileError('the file names no SOP instance')
  return { sopInstanceUid, transferSyntaxUid }
}

async function open(bytes: Uint8Array, endBefore: number): Promise<Awaited<ReturnType<typeof openPart10>> | undefined> {
  try {
    return await openPart10(bytesInMemory(bytes), { endBefore })
  } catch (error) {
    if (error instanceof UnreadableFileError) return undefined
    throw error
  }
}
