import type { InstanceMetadata } from '@ahi-dicom/ahi-metadata'
import { storedSyntax, type ChecksumBasis, type LosslessStorageFormat } from '@ahi-dicom/dicomizer'

/** What the checksums of an instance are computed from; `undefined` where it is pixels that cannot be decoded. */
export function checksumBasis(
  { StoredTransferSyntaxUID: uid, ChecksumType: type }: InstanceMetadata,
  format: LosslessStorageFormat,
): ChecksumBasis | undefined {
  const { checksumBasis: basis, codec } = storedSyntax(uid, format)
  if (basis === 'encoded' && type !== 'DECOMPRESSED') return 'encoded'
  return codec === undefined ? undefined : 'decoded'
}
