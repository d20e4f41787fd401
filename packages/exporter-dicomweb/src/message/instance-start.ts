import { tags } from '@ahi-dicom/dicom-standard'
import { bytesInMemory, openPart10, plainText, UnreadableFileError } from '@ahi-dicom/dicom-standard/reader'

/** The properties of an instance in its first bytes. */
export interface InstanceStart {
  readonly sopInstanceUid: string
  readonly transferSyntaxUid: string
}

/**
 * Reads the SOP Instance UID from the first bytes of a file. Servers use the data set. Group 0002 is used if the data
 * set does not begin with the UID, or is deflated.
 *
 * @throws {UnreadableFileError} if it is not a DICOM file, or has no UID
 */
export async function readInstanceStart(bytes: Uint8Array): Promise<InstanceStart> {
  const opened = await open(bytes, tags.sopInstanceUid + 1)
  const { fileMeta, dataSet, transferSyntaxUid } = opened ?? (await openPart10(bytesInMemory(bytes), { endBefore: 0 }))
  const named = plainText(dataSet.get(tags.sopInstanceUid)) || plainText(fileMeta.get(tags.mediaStorageSopInstanceUid))
  const sopInstanceUid = named.trim()
  if (!/^[\d.]{1,64}$/.test(sopInstanceUid)) throw new UnreadableFileError('the file has no SOP Instance UID')
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
