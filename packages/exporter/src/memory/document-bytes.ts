import { imageSetInstances, type ImageSetMetadata } from '@ahi-dicom/ahi-metadata'

/** Parsed values take so many times the bytes of their JSON (measured: 5 to 6). */
const parsedShare = 6
/** Instances of a document are alike: so many of them are measured, from all of it. */
const sampledInstances = 16
/** Of a frame in a document: its id, its size and its checksums. */
const frameJsonBytes = 400

/** Estimates the bytes that a document takes in memory. */
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

/** Estimates the length of a value as JSON. Items may be nested too deep for calls. */
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
