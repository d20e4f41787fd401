import { tags } from '@ahi-dicom/dicom-standard'
import { undefinedLength } from '@ahi-dicom/dicom-standard/part10'
import type { ElementEncoding } from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import { headerStart, walkHeader } from './element-header.ts'
import { walkValue, type Fail, type Part10Events, type Walk } from './walk.ts'

/** An open element of undefined length, whose delimiter has not been read yet. */
interface Container {
  readonly kind: 'sequence' | 'item' | 'fragments' | 'pixelData'
  /** Encoding of its contents. */
  readonly encoding: ElementEncoding
}

/** Readers do not follow deeper sequences. */
const deepest = 1000

/** The contents of an UN of undefined length are implicit VR little endian in every data set (PS3.5 6.2.2). */
const implicitLittleEndian = { isExplicit: false, isLittleEndian: true }

interface DataSetWalk {
  readonly encoding: ElementEncoding
  readonly events: Part10Events
  readonly fail: Fail
  /** The open elements, outermost first. */
  readonly open: Container[]
}

/** Walks a data set to the end of the file. `first` is a header that was already read. */
export function* walkDataSet(
  first: Uint8Array | undefined,
  options: { readonly encoding: ElementEncoding; readonly events: Part10Events; readonly fail: Fail },
): Walk<void> {
  const walk: DataSetWalk = { ...options, open: [] }
  let header = first ?? (yield { kind: 'together', length: 8 })
  while (header.length > 0) {
    const inside = walk.open.at(-1)
    if (inside === undefined || inside.kind === 'item') yield* walkElement(header, inside, walk)
    else if (inside.kind === 'sequence') yield* walkItem(header, inside, walk)
    else yield* walkFragments(header, inside, walk)
    header = yield { kind: 'together', length: 8, mayEnd: walk.open.length === 0 }
  }
}

function* walkElement(first: Uint8Array, inside: Container | undefined, walk: DataSetWalk): Walk<void> {
  const { events, fail, open } = walk
  const encoding = inside?.encoding ?? walk.encoding
  const start = headerStart(first, encoding)
  if (inside !== undefined && start.tag === tags.itemDelimitationItem) return close(walk)
  if (start.tag >>> 16 === 0xfffe) fail('an item is outside of a sequence')
  const { tag, vr, length } = yield* walkHeader(start, encoding, fail)
  const isPixelData = inside === undefined && tag === tags.pixelData
  if (length === undefinedLength) {
    const container = containerOf(vr, tag, encoding)
    if (isPixelData) events.pixelData(undefined)
    enter(isPixelData ? { ...container, kind: 'pixelData' } : container, walk)
    return undefined
  }
  if (isPixelData) {
    events.pixelData(length)
    yield { kind: 'pieces', length, each: (bytes) => events.pixels(bytes) }
    events.pixelDataEnd()
    return undefined
  }
  if (open.length === 0) yield* walkValue(tag, length, events)
  else yield { kind: 'pieces', length }
  return undefined
}

/**
 * Returns the container for an element of undefined length: encapsulated pixels, also in items such as icons, or a
 * sequence.
 */
function containerOf(vr: string | undefined, tag: number, encoding: ElementEncoding): Container {
  if (vr === 'UN') return { kind: 'sequence', encoding: implicitLittleEndian }
  const isSequence = vr === undefined ? tag !== tags.pixelData : vr === 'SQ'
  return { kind: isSequence ? 'sequence' : 'fragments', encoding }
}

function* walkItem(header: Uint8Array, { encoding }: Container, walk: DataSetWalk): Walk<void> {
  const { tag, length } = headerStart(header, encoding)
  if (tag === tags.sequenceDelimitationItem) return close(walk)
  if (tag !== tags.item || length === undefined) return walk.fail('a sequence contains an element that is not an item')
  if (length === undefinedLength) enter({ kind: 'item', encoding }, walk)
  else yield { kind: 'pieces', length }
  return undefined
}

/** Walks all fragments of an element. The first is the Basic Offset Table (PS3.5 A.4). */
function* walkFragments(first: Uint8Array, { kind, encoding }: Container, walk: DataSetWalk): Walk<void> {
  const { events } = walk
  const isPixelData = kind === 'pixelData'
  let header = first
  let offset: number | undefined
  for (;;) {
    const { tag, length = undefinedLength } = headerStart(header, encoding)
    if (tag === tags.sequenceDelimitationItem) break
    if (tag !== tags.item || length === undefinedLength) walk.fail('a fragment has no length')
    if (isPixelData) events.fragment(length, offset)
    yield { kind: 'pieces', length, each: (bytes) => (isPixelData ? events.pixels(bytes) : undefined) }
    offset = offset === undefined ? 0 : offset + 8 + length
    header = yield { kind: 'together', length: 8 }
  }
  close(walk)
  if (isPixelData) events.pixelDataEnd()
}

function enter(container: Container, { open, fail }: DataSetWalk): void {
  if (open.length === deepest) fail(`its sequences are nested deeper than ${deepest}`)
  open.push(container)
}

function close({ open }: DataSetWalk): void {
  open.pop()
}
