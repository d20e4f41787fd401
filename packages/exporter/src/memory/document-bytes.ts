import { imageSetInstances, type ImageSetMetadata } from '@ahi-dicom/ahi-metadata'

/** Bytes of parsed values per byte of JSON (measured: 5 to 6). */
const parsedShare = 6
/** Instances in a document are alike, so this many, spread over the document, are measured. */
const sampledInstances = 16
/** JSON bytes of a frame's entry in a document: its id, size and checksums. */
const frameJsonBytes = 400

/** Estimates how many bytes a document takes in memory. */
export function documentBytes(metadata: ImageSetMetadata): number {
  const instances = Array.from(imageSetInstances(metadata), ({ instance }) => instance)
  const step = Math.max(1, Math.floor(instances.length / sampledInstances))
  const sample = instances.filter((_, index) => index % step === 0)
  const sampled = sample.reduce((sum, { DICOM }) => sum + jsonBytes(DICOM), 0)
  const frames = instances.reduce((sum, { ImageFrames }) => sum + ImageFrames.length, 0)
  const others = jsonBytes(metadata.Patient) + jsonBytes(metadata.Study.DICOM)
  const json = others + (sampled / Math.max(1, sample.length)) * instances.length + frames * frameJsonBytes
  return Math.ceil(json * parsedShare)
}

/** Estimates the length of a value as JSON. Uses no recursion, because items may be nested too deeply for it. */
function jsonBytes(whole: unknown): number {
  const values = [whole]
  let bytes = 0
  while (values.length > 0) {
    const value = values.pop()
    if (typeof value === 'string') bytes += value.length + 2
    else if (typeof value !== 'object' || value === null) bytes += 6
    else {
      bytes += 2
      for (const [name, member] of Object.entries(value)) {
        bytes += Array.isArray(value) ? 1 : name.length + 4
        values.push(member)
      }
    }
  }
  return bytes
}
