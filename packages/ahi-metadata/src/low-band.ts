/** One component of an image, row by row. */
export interface Plane {
  readonly width: number
  readonly height: number
  readonly samples: Int32Array
}

/** Lines of samples in an array: rows or columns. */
interface Lines {
  readonly count: number
  readonly length: number
  /** Distance from one sample of a line to the next. */
  readonly step: number
  /** Distance from the start of a line to the start of the next line. */
  readonly pitch: number
}

/**
 * Returns the LL band of one level of the reversible 5/3 wavelet (T.800 annex F), with symmetric extension at the
 * edges. Its size is ceil(width / 2) x ceil(height / 2). Columns are lifted before rows, as JPEG 2000 encoders do.
 * Because of rounding, the order changes the result.
 */
export function lowBand({ width, height, samples }: Plane): Plane {
  const lowHeight = Math.ceil(height / 2)
  const lowWidth = Math.ceil(width / 2)
  const tall = new Int32Array(width * lowHeight)
  liftLow(samples, tall, { count: width, length: height, step: width, pitch: 1 }, { step: width, pitch: 1 })
  const low = new Int32Array(lowWidth * lowHeight)
  liftLow(tall, low, { count: lowHeight, length: width, step: 1, pitch: width }, { step: 1, pitch: lowWidth })
  return { width: lowWidth, height: lowHeight, samples: low }
}

function liftLow(from: Int32Array, to: Int32Array, lines: Lines, target: Pick<Lines, 'step' | 'pitch'>): void {
  const { count, length, step, pitch } = lines
  const lowLength = Math.ceil(length / 2)
  for (let line = 0; line < count; line += 1) {
    const start = line * pitch
    let high = highAt(from, start, step, length, 0)
    for (let n = 0; n < lowLength; n += 1) {
      const nextHigh = 2 * n + 1 < length ? highAt(from, start, step, length, n) : high
      const even = from[start + 2 * n * step] ?? 0
      to[line * target.pitch + n * target.step] = even + ((high + nextHigh + 2) >> 2)
      high = nextHigh
    }
  }
}

/**
 * Returns the high-pass coefficient between the even samples 2n and 2n + 2. A line of one sample has none, so it is 0.
 */
function highAt(from: Int32Array, start: number, step: number, length: number, n: number): number {
  if (length === 1) return 0
  const left = from[start + 2 * n * step] ?? 0
  const odd = from[start + (2 * n + 1) * step] ?? 0
  const right = 2 * n + 2 < length ? (from[start + (2 * n + 2) * step] ?? 0) : left
  return odd - ((left + right) >> 1)
}
