/** Size and form of interleaved samples. */
export interface SampleLayout {
  readonly width: number
  readonly height: number
  readonly components: number
  readonly bytesPerSample: 1 | 2
}

/**
 * Interleaves the samples of a code stream without colour transform. The codec receives the lines component by
 * component but writes them as if they came row by row: line k (component k / height, row k % height) is in row k /
 * components at slot k % components. This reverses it.
 */
export function interleaveComponents(samples: Uint8Array, target: Uint8Array, layout: SampleLayout): void {
  if (layout.bytesPerSample === 1) return copyLines(samples, target, layout)
  const words = wordsOf(target) ?? new Uint16Array(target.byteLength / 2)
  copyLines(wordsOf(samples) ?? new Uint16Array(samples.slice().buffer), words, layout)
  if (words.buffer !== target.buffer) target.set(new Uint8Array(words.buffer))
}

/** Returns the bytes as two-byte samples. Returns `undefined` if they begin at an odd offset of their buffer. */
function wordsOf({ buffer, byteOffset, byteLength }: Uint8Array): Uint16Array | undefined {
  return byteOffset % 2 === 0 ? new Uint16Array(buffer, byteOffset, byteLength / 2) : undefined
}

function copyLines<Samples extends Uint8Array | Uint16Array>(
  source: Samples,
  target: Samples,
  { width, height, components }: SampleLayout,
): void {
  const rowLength = width * components
  for (let line = 0; line < components * height; line += 1) {
    const component = Math.floor(line / height)
    let from = Math.floor(line / components) * rowLength + (line % components)
    let to = (line % height) * rowLength + component
    for (let column = 0; column < width; column += 1) {
      target[to] = source[from] ?? 0
      from += components
      to += components
    }
  }
}

/** Copies the low bytes of two-byte samples, little endian. */
export function narrowSamples(samples: Uint8Array, target: Uint8Array): void {
  for (let index = 0; index < target.length; index += 1) target[index] = samples[2 * index] ?? 0
}

/** The range of samples that may be outside of it. */
interface SampleRange {
  readonly bitsPerSample: number
  readonly isSigned: boolean
  /** Bytes per sample, independent of its bits. */
  readonly bytesPerSample: 1 | 2
}

/** Clamps samples, little endian, to the range of their bits. */
export function clampSamples(samples: Uint8Array, { bitsPerSample, isSigned, bytesPerSample }: SampleRange): void {
  const least = isSigned ? -(2 ** (bitsPerSample - 1)) : 0
  const most = least + 2 ** bitsPerSample - 1
  const { buffer, byteOffset, byteLength } = samples
  const view = new DataView(buffer, byteOffset, byteLength)
  if (bytesPerSample === 1) {
    for (let at = 0; at < byteLength; at += 1) {
      const value = isSigned ? view.getInt8(at) : view.getUint8(at)
      if (value < least || value > most) view.setInt8(at, value < least ? least : most)
    }
    return
  }
  for (let at = 0; at < byteLength; at += 2) {
    const value = isSigned ? view.getInt16(at, true) : view.getUint16(at, true)
    if (value < least || value > most) view.setInt16(at, value < least ? least : most, true)
  }
}
