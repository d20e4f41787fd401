/** Size and form of interleaved samples. */
export interface SampleLayout {
  readonly width: number
  readonly height: number
  readonly components: number
  readonly bytesPerSample: 1 | 2
}

/**
 * Interleaves the samples of a code stream without colour transform. The codec gets its lines component after component
 * and writes them as if they came row after row, so that line k (component k / height, row k % height) lies in row
 * k / components at slot k % components; this undoes it.
 */
export function interleaveComponents(samples: Uint8Array, layout: SampleLayout): Uint8Array<ArrayBuffer> {
  if (layout.bytesPerSample === 1) return copyLines(samples, new Uint8Array(samples.byteLength), layout)
  const target = new Uint16Array(samples.byteLength / 2)
  const isAligned = samples.byteOffset % 2 === 0
  const bytes = isAligned ? samples : samples.slice()
  copyLines(new Uint16Array(bytes.buffer, bytes.byteOffset, target.length), target, layout)
  return new Uint8Array(target.buffer)
}

function copyLines<Samples extends Uint8Array | Uint16Array>(
  source: Uint8Array | Uint16Array,
  target: Samples,
  { width, height, components }: SampleLayout,
): Samples {
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
  return target
}

/** Narrows samples of two bytes, little endian, to their low bytes. */
export function narrowSamples(samples: Uint8Array): Uint8Array<ArrayBuffer> {
  const narrow = new Uint8Array(samples.byteLength / 2)
  for (let index = 0; index < narrow.length; index += 1) narrow[index] = samples[2 * index] ?? 0
  return narrow
}
