import { cross, subtract, type Vector } from '../geometry/vector.ts'
import type { SourceFrame } from '../frames/source-frame.ts'

/** Frames that may be slices of one volume. */
export interface FrameGroup {
  readonly frames: readonly SourceFrame[]
  /** Properties that other frames of the series do not share. */
  readonly labels: readonly string[]
}

/** A property that all frames of a volume share. */
interface SharedProperty {
  readonly isSame: (a: SourceFrame, b: SourceFrame) => boolean
  readonly label: (frame: SourceFrame) => string
}

/** How far two directions may differ in a component: 0.5 mm at the edge of 500 mm. */
const sameDirection = 1e-3

/** Largest relative difference of equal pixel spacings. */
const samePixelSpacing = 1e-4

const sharedProperties: readonly SharedProperty[] = [
  byText(
    (frame) => frame.frameOfReference,
    () => 'frame-of-reference',
  ),
  byText(
    (frame) => String(frame.isLocalizer),
    (frame) => (frame.isLocalizer ? 'localizer' : 'image'),
  ),
  {
    isSame: (a, b) =>
      isClose(a.rowDirection, b.rowDirection, sameDirection) &&
      isClose(a.columnDirection, b.columnDirection, sameDirection),
    label: orientationName,
  },
  byText(({ form }) => `${form.columns}x${form.rows}`),
  {
    isSame: (a, b) => [0, 1].every((axis) => isSpacing(a.pixelSpacing[axis] ?? NaN, b.pixelSpacing[axis] ?? NaN)),
    label: ({ pixelSpacing: [rows, columns] }) => `${columns}x${rows}mm`,
  },
  byText(formName),
  byText(
    (frame) => frame.units ?? '',
    (frame) => frame.units ?? 'no-units',
  ),
  byText(
    (frame) => frame.stack,
    (frame) => `stack-${frame.stack}`,
  ),
]

/** Splits the frames of a series by all that slices of one volume share but for their positions. */
export function groupFrames(frames: readonly SourceFrame[]): readonly FrameGroup[] {
  return sharedProperties.reduce<readonly FrameGroup[]>(
    (groups, property) => groups.flatMap((group) => splitGroup(group, property)),
    [{ frames, labels: [] }],
  )
}

/** Splits a group by a text that its frames have. */
export function splitByText(
  group: FrameGroup,
  textOf: (frame: SourceFrame) => string,
  labelOf: (frame: SourceFrame) => string,
): readonly FrameGroup[] {
  return splitGroup(group, byText(textOf, labelOf))
}

function splitGroup({ frames, labels }: FrameGroup, { isSame, label }: SharedProperty): readonly FrameGroup[] {
  const parts: [SourceFrame, ...SourceFrame[]][] = []
  for (const frame of frames) {
    const part = parts.find(([first]) => isSame(first, frame))
    if (part === undefined) parts.push([frame])
    else part.push(frame)
  }
  if (parts.length <= 1) return [{ frames, labels }]
  return parts.map((part) => ({ frames: part, labels: [...labels, label(part[0])] }))
}

function byText(textOf: (frame: SourceFrame) => string, label = textOf): SharedProperty {
  return { isSame: (a, b) => textOf(a) === textOf(b), label }
}

function isClose(a: Vector, b: Vector, tolerance: number): boolean {
  return subtract(a, b).every((difference) => Math.abs(difference) <= tolerance)
}

function isSpacing(a: number, b: number): boolean {
  return Math.abs(a - b) <= samePixelSpacing * Math.max(a, b)
}

/** The plane that a frame is closest to. */
function orientationName({ rowDirection, columnDirection }: SourceFrame): string {
  const normal = cross(rowDirection, columnDirection).map(Math.abs)
  const largest = normal.indexOf(Math.max(...normal))
  return ['sagittal', 'coronal', 'axial'][largest] ?? 'axial'
}

function formName({ form }: SourceFrame): string {
  const { components, photometric, bitsAllocated, bitsStored, highBit, isSigned, realBits } = form
  const type = realBits === undefined ? `${isSigned ? 'int' : 'uint'}${bitsAllocated}` : `float${realBits}`
  return `${type}-${bitsStored}-${highBit}-${components === 1 ? 'grey' : photometric}`
}
