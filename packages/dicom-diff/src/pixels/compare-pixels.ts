import type { FrameHeader } from '@ahi-dicom/htj2k-decoder/headers'
import { readFrameHeader, withoutBoxes } from '@ahi-dicom/htj2k-decoder/headers'
import { decodedColours, isYbr, toRgb } from './colours.ts'
import { areSameBytes } from './compare-bytes.ts'
import { compareSamples, differenceOf, type FrameResult } from './compare-samples.ts'
import { FrameFailure } from './frame-failure.ts'
import { openFrames, type FrameSource, type PixelFile } from './frame-source.ts'
import { isSameLayout, storedSamples } from './image.ts'
import type { Samples } from './samples.ts'

/**
 * The result of comparing pixels. `as encoded`: the code streams are equal bytes. `within tolerance`: no sample differs
 * by more. `not compared`: the bytes differ and cannot be decoded.
 */
export type PixelOutcome = 'none' | 'as encoded' | 'equal' | 'within tolerance' | 'different' | 'not compared'

/** The result of comparing the pixels of two files, with details. */
export interface PixelComparison {
  readonly outcome: PixelOutcome
  readonly problems: readonly PixelProblem[]
  /** Why pixels were not compared. */
  readonly reason?: string | undefined
  /** True if bits above the stored ones of signed samples differ. */
  readonly hasSignBits?: boolean
  /** True if the decoded samples of both have the same kind of colours. */
  readonly hasSameColours?: boolean
  /** Headers of the first frames, if their bytes have one. */
  readonly headers?: { readonly a: FrameHeader | undefined; readonly b: FrameHeader | undefined }
}

/** A difference in the pixels. */
interface PixelProblem {
  readonly difference: 'frames' | 'pixels' | 'offset-table'
  readonly detail: string
}

/** Options of {@link comparePixels}. */
export interface ComparePixelsOptions {
  /** Largest difference of samples that counts as equal. Default 0. */
  readonly tolerance?: number | undefined
  readonly signal?: AbortSignal | undefined
}

interface Progress {
  isAsEncoded: boolean
  hasSignBits: boolean
  largest: number
  samples: number
  readonly frames: number[]
  readonly damaged: string[]
  reason: string | undefined
}

/** Compares the pixels of two images frame by frame. It holds one frame of each at a time. */
export async function comparePixels(
  { a, b }: { readonly a: PixelFile; readonly b: PixelFile },
  { tolerance = 0, signal }: ComparePixelsOptions = {},
): Promise<PixelComparison> {
  const left = await openFrames(a)
  const right = await openFrames(b)
  const headers = { a: left.header, b: right.header }
  const problems = [...countProblems(left, right), ...tableProblems(left, right)]
  const hasSameColours = isYbr(decodedColours(left)) === isYbr(decodedColours(right))
  const progress: Progress = {
    isAsEncoded: areBothEncapsulated(left, right),
    hasSignBits: false,
    largest: 0,
    samples: 0,
    frames: [],
    damaged: [],
    reason: undefined,
  }
  const isVideo = left.syntax?.isVideo === true && right.syntax?.isVideo === true
  if (isVideo) await compareVideos(left, right, progress)
  else {
    for (let frame = 0; frame < Math.min(left.count, right.count, left.image.frames); frame += 1) {
      signal?.throwIfAborted()
      await compareFrame({ left, right, frame, tolerance, hasSameColours }, progress)
      if (progress.reason !== undefined) break
    }
  }
  const found = [...problems, ...pixelProblems(progress, hasSameColours)]
  const { hasSignBits, reason } = progress
  return { outcome: outcomeOf(progress, found), problems: found, reason, hasSignBits, hasSameColours, headers }
}

function outcomeOf({ reason, isAsEncoded, largest }: Progress, problems: readonly PixelProblem[]): PixelOutcome {
  if (problems.some(({ difference }) => difference !== 'offset-table')) return 'different'
  if (reason !== undefined) return 'not compared'
  if (isAsEncoded) return 'as encoded'
  return largest === 0 ? 'equal' : 'within tolerance'
}

function countProblems(left: FrameSource, right: FrameSource): PixelProblem[] {
  const [counts, stated] = [
    [left.count, right.count],
    [left.image.frames, right.image.frames],
  ] as const
  if (counts[0] === counts[1] && stated[0] === stated[1] && counts[0] >= stated[0]) return []
  const areStated = counts.every((count, index) => count === stated[index])
  const detail = `${counts[0]} and ${counts[1]} frames${areStated ? '' : `, ${stated[0]} and ${stated[1]} stated`}`
  return [{ difference: 'frames', detail }]
}

function tableProblems(left: FrameSource, right: FrameSource): PixelProblem[] {
  if (left.isTableRight === right.isTableRight) return []
  const side = left.isTableRight ? 'second' : 'first'
  return [
    { difference: 'offset-table', detail: `the Basic Offset Table of the ${side} file does not lead to its frames` },
  ]
}

function pixelProblems({ samples, largest, frames, damaged }: Progress, hasSameColours: boolean): PixelProblem[] {
  const asRgb = hasSameColours ? '' : ', compared as RGB'
  const [first] = frames
  if (first !== undefined) {
    const where = frames.length === 1 ? `frame ${first + 1}` : `${frames.length} frames, first in frame ${first + 1}`
    const what = samples === 0 ? 'another size' : `${samples} samples by up to ${largest}${asRgb}`
    return [{ difference: 'pixels', detail: `${what} in ${where}` }, ...damagedProblems(damaged)]
  }
  return damagedProblems(damaged)
}

function damagedProblems(damaged: readonly string[]): PixelProblem[] {
  const [first] = damaged
  return first === undefined ? [] : [{ difference: 'pixels', detail: `${damaged.length} damaged frames: ${first}` }]
}

/**
 * Returns true if frames can be compared as encoded. Frames of an unknown syntax can be compared only within the same
 * syntax.
 */
function areBothEncapsulated(left: FrameSource, right: FrameSource): boolean {
  if (left.fragments === undefined || right.fragments === undefined) return false
  const areKnown = left.syntax !== undefined && right.syntax !== undefined
  return areKnown || left.transferSyntaxUid === right.transferSyntaxUid
}

interface FramePair {
  readonly left: FrameSource
  readonly right: FrameSource
  readonly frame: number
  readonly tolerance: number
  readonly hasSameColours: boolean
}

async function compareFrame(pair: FramePair, progress: Progress): Promise<void> {
  const { left, right, frame } = pair
  const [one, other] = await Promise.all([left.stored(frame), right.stored(frame)])
  const isSame = areBothEncapsulated(left, right) ? isSameCodeStream(one, other) : isSameNative(pair, one, other)
  if (isSame) return
  progress.isAsEncoded = false
  try {
    const [ours, theirs] = await Promise.all([left.samples(one), right.samples(other)])
    note(compareDecoded(pair, ours, theirs), frame, progress)
  } catch (error) {
    if (!(error instanceof FrameFailure)) throw error
    if (error.code === 'FRAME_DAMAGED') progress.damaged.push(`frame ${frame + 1}: ${error.message}`)
    else progress.reason = error.message
  }
}

function compareDecoded(
  { left, right, tolerance, hasSameColours }: FramePair,
  ours: Samples,
  theirs: Samples,
): FrameResult {
  if (ours.values.length !== theirs.values.length || ours.width !== theirs.width) return { count: 0, largest: Infinity }
  if (hasSameColours || ours.components !== 3 || theirs.components !== 3) {
    return compareSamples({ samples: ours, image: left.image }, { samples: theirs, image: right.image }, tolerance)
  }
  const [first, second] = [inRgb(ours, left), inRgb(theirs, right)]
  return differenceOf(first, second, tolerance)
}

function inRgb({ values }: Samples, source: FrameSource): Samples['values'] {
  return isYbr(decodedColours(source)) ? toRgb(values, source.image.bitsStored) : values
}

function note(result: FrameResult, frame: number, progress: Progress): void {
  if (result === 'equal') return
  if (result === 'sign-bits') {
    progress.hasSignBits = true
    return
  }
  progress.largest = Math.max(progress.largest, result.largest)
  progress.samples += result.count
  if (result.count > 0 || result.largest === Infinity) progress.frames.push(frame)
}

async function compareVideos(left: FrameSource, right: FrameSource, progress: Progress): Promise<void> {
  const [one = [], other = []] = [left.fragments?.[0], right.fragments?.[0]]
  if (await areSameBytes({ source: left.source, ranges: one }, { source: right.source, ranges: other })) return
  progress.isAsEncoded = false
  progress.reason = 'the videos have other bytes, and videos are not decoded'
}

/** Returns true if uncompressed frames of equally described images are equal. */
function isSameNative({ left, right }: FramePair, one: Uint8Array, other: Uint8Array): boolean {
  if (left.fragments !== undefined || right.fragments !== undefined) return false
  if (!isSameLayout(left.image, right.image)) return false
  return Buffer.compare(one, other) === 0 && one.byteLength * 8 >= storedSamples(left.image) * left.image.bitsAllocated
}

/**
 * Returns true if two code streams are equal apart from boxes, which do not belong into a DICOM file (PS3.5 A.4.4), and
 * from padding zeros at the end.
 */
function isSameCodeStream(left: Uint8Array, right: Uint8Array): boolean {
  const [one, other] = [withoutBoxes(left), withoutBoxes(right)]
  const isPadded = readFrameHeader(one) !== undefined || Math.abs(one.byteLength - other.byteLength) <= 1
  return isPadded && Buffer.compare(withoutPadding(one), withoutPadding(other)) === 0
}

function withoutPadding(bytes: Uint8Array): Uint8Array {
  let end = bytes.byteLength
  while (end > 0 && bytes[end - 1] === 0) end -= 1
  return bytes.subarray(0, end)
}
