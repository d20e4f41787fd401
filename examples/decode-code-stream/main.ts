/**
 * Decodes HTJ2K code streams with @ahi-dicom/htj2k-decoder alone, in the steps of a viewer: the header, a thumbnail,
 * the full picture, and then all of them on every core.
 *
 *   npm start -- [files (.j2c, .jph), default: the frames of a generated study]
 */
import { readFile } from 'node:fs/promises'
import { createDecoderPool, decodeFrame, readCodeStreamHeader, type DecodedFrame } from '@ahi-dicom/htj2k-decoder'
import { fetchCodeStreams } from './fetch-code-streams.ts'

const paths = process.argv.slice(2)
const codeStreams = paths.length > 0 ? await Promise.all(paths.map(readBytes)) : await fetchCodeStreams()
const [first] = codeStreams
if (first === undefined) throw new Error('Cannot decode anything: there is no code stream; name a file')

const { width, height, components, bitsPerSample, decompositions, isReversible } = readCodeStreamHeader(first)
console.log(`header: ${width} x ${height} x ${components}, ${bitsPerSample} bits, ${decompositions} decompositions`)
console.log(`        ${isReversible ? 'lossless' : 'lossy'}, ${first.byteLength} bytes`)

// In this thread: suited to one picture and to code that already runs in a worker.
console.log(`thumbnail: ${describe(await decodeFrame(first, { discardLevels: 3 }))}`)
console.log(`picture:   ${describe(await decodeFrame(first))}`)

// In other threads: this one stays free. The pool takes the bytes, so they are gone from `codeStreams` afterwards.
const pool = createDecoderPool()
const scrolledAway = new AbortController() // abort() gives up the frames that nobody looks at any more
try {
  const started = performance.now()
  const { signal } = scrolledAway
  const frames = await Promise.all(codeStreams.map((codeStream) => pool.decode(codeStream, { signal })))
  const milliseconds = (performance.now() - started).toFixed(0)
  console.log(`pool:      ${frames.length} frames in ${milliseconds} ms, at most ${pool.threads} threads`)
  for (const frame of frames) console.log(`           ${describe(frame)}`)
} finally {
  await pool.close()
}

async function readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(path))
}

function describe(frame: DecodedFrame): string {
  const samples = viewSamples(frame)
  let min = Infinity
  let max = -Infinity
  for (const sample of samples) {
    min = Math.min(min, sample)
    max = Math.max(max, sample)
  }
  const checksum = frame.checksum.toString(16).padStart(8, '0')
  return `${frame.width} x ${frame.height}, ${samples.constructor.name} of ${samples.length}, min ${min}, max ${max}, CRC-32 ${checksum}`
}

/** Samples are little endian, one byte each up to 8 bits and two above. */
function viewSamples({ pixels: { buffer }, bitsPerSample, isSigned }: DecodedFrame) {
  if (bitsPerSample > 8) return isSigned ? new Int16Array(buffer) : new Uint16Array(buffer)
  return isSigned ? new Int8Array(buffer) : new Uint8Array(buffer)
}
