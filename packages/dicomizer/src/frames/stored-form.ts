import { readFrameHeader, type FrameHeader, type JpegHeader } from '@ahi-dicom/htj2k-decoder/headers'
import type { StoredFrame } from './create-frame-reader.ts'
import { explicitVrLittleEndian, syntaxOf, type ChecksumBasis, type StoredSyntax } from './transfer-syntax.ts'

/** How the frames of an instance are stored: by the document until the first frame was seen, then by that. */
export interface StoredForm {
  /** By the document where the bytes agree, else by the bytes. */
  readonly syntax: StoredSyntax
  /** Of the first frame; undefined before it was seen, and where its bytes are not recognised. */
  readonly header: FrameHeader | undefined
  /** Length of the first frame in bytes; 0 before it was seen. */
  readonly byteLength: number
  /** Whether it is another syntax than that of the document. */
  readonly isContradicted: boolean
  /** What checksums may have been computed from. A syntax that the document does not name leaves both possible. */
  readonly checksumBases: readonly ChecksumBasis[]
  /** Whether there are samples to be had of the frames: they are not compressed, or the reader decodes them. */
  readonly hasSamples: boolean
}

/** What the document says of the stored frames, and what can be decoded. */
export interface StatedForm {
  /** The syntax that is stated, or that a data store's lossless format means. */
  readonly syntax: StoredSyntax
  /** Whether the document names it. */
  readonly isStated: boolean
  /** Whether the checksums are stated to be those of the decoded pixels. */
  readonly hasDecodedChecksums: boolean
  /** Returns the length of a frame that is stored uncompressed, in bytes. */
  readonly nativeFrameByteLength: () => number
  /** Returns whether frames of a transfer syntax can be decoded. */
  readonly decodes: (transferSyntaxUid: string) => boolean
}

/** Returns the form that frames have if the document is right. */
export function statedForm(stated: StatedForm): StoredForm {
  return formOf(stated, { syntax: stated.syntax, header: undefined, byteLength: 0 })
}

/**
 * Decides the form of stored frames by the first of them: what the document states, then what the Content-Type says, then
 * what the bytes are. The first that the bytes do not contradict is right; bytes that are not recognised contradict nothing.
 */
export function storedForm(stated: StatedForm, frame: StoredFrame): StoredForm {
  const header = isNative(stated, frame) ? undefined : readFrameHeader(frame.data)
  const syntax = header === undefined ? unrecognised(stated, frame) : recognised(stated, frame, header)
  return formOf(stated, { syntax, header, byteLength: frame.data.length })
}

function formOf(stated: StatedForm, seen: Pick<StoredForm, 'syntax' | 'header' | 'byteLength'>): StoredForm {
  const { syntax } = seen
  const isContradicted = syntax.uid !== stated.syntax.uid
  const bases: readonly ChecksumBasis[] = isContradicted ? ['encoded', 'decoded'] : [syntax.checksumBasis]
  return {
    ...seen,
    isContradicted,
    checksumBases: stated.hasDecodedChecksums ? ['decoded'] : bases,
    hasSamples: syntax.isNative || stated.decodes(syntax.uid),
  }
}

/** Returns the form of frames that turned out not to be decodable. */
export function undecodable(form: StoredForm): StoredForm {
  return { ...form, hasSamples: false }
}

function isNative({ syntax, nativeFrameByteLength }: StatedForm, { data }: StoredFrame): boolean {
  return syntax.isNative && data.length === nativeFrameByteLength()
}

function unrecognised({ syntax, isStated, nativeFrameByteLength }: StatedForm, frame: StoredFrame): StoredSyntax {
  const isBinary = frame.contentType === 'application/octet-stream'
  if (isStated || !isBinary || frame.data.length !== nativeFrameByteLength()) return syntax
  return syntaxOf(explicitVrLittleEndian)
}

/** Media types that GetImageFrame has for one syntax alone. */
const syntaxOfContentType: ReadonlyMap<string, string> = new Map([
  ['image/jpeg', '1.2.840.10008.1.2.4.50'],
  ['image/jp2', '1.2.840.10008.1.2.4.90'],
  ['image/j2c', '1.2.840.10008.1.2.4.91'],
  ['image/jphc', '1.2.840.10008.1.2.4.203'],
  ['image/jxl', '1.2.840.10008.1.2.4.112'],
])

function recognised(stated: StatedForm, { contentType = '' }: StoredFrame, header: FrameHeader): StoredSyntax {
  const named = syntaxOfContentType.get(contentType)
  const candidates = stated.isStated ? [stated.syntax.uid, named] : [named, stated.syntax.uid]
  const uid = candidates.find((candidate) => candidate !== undefined && isOfSyntax(header, candidate))
  return uid === stated.syntax.uid ? stated.syntax : syntaxOf(uid ?? syntaxOfHeader(header))
}

type Recognise = (header: FrameHeader) => boolean

const isJpegOf =
  (...processes: readonly JpegHeader['process'][]): Recognise =>
  (header) =>
    header.kind === 'jpeg' && processes.includes(header.process)
const isJpegXl: Recognise = ({ kind }) => kind === 'jpeg-xl'

/** What the code streams of a syntax have to be; the retired ones of JPEG are not told apart. */
const requirements: readonly (readonly [uid: RegExp, isOfIt: Recognise])[] = [
  [/\.4\.201$/, (header) => header.kind === 'htj2k' && !header.isLossy],
  [/\.4\.202$/, (header) => header.kind === 'htj2k' && !header.isLossy && header.isRpcl],
  [/\.4\.203$/, (header) => header.kind === 'htj2k'],
  [/\.4\.90$/, (header) => header.kind === 'jpeg2000' && !header.isLossy],
  [/\.4\.9[1-3]$/, (header) => header.kind === 'jpeg2000'],
  [/\.4\.50$/, isJpegOf('baseline')],
  [/\.4\.51$/, isJpegOf('baseline', 'extended')],
  [/\.4\.(?:57|70)$/, isJpegOf('lossless')],
  [/\.4\.8[01]$/, isJpegOf('jpeg-ls')],
  [/\.4\.(?:5[2-9]|6[0-6])$/, isJpegOf('extended', 'progressive', 'lossless', 'other')],
  [/\.4\.11[0-2]$/, isJpegXl],
]

function isOfSyntax(header: FrameHeader, uid: string): boolean {
  return requirements.some(([pattern, isOfIt]) => pattern.test(uid) && isOfIt(header))
}

/** The syntax of a code stream by itself, the narrowest that fits (PS3.5 A.4 and PS3.6 A). */
function syntaxOfHeader(header: FrameHeader): string {
  return `1.2.840.10008.1.2.4.${endingOfHeader(header)}`
}

function endingOfHeader(header: FrameHeader): number {
  if (header.kind === 'jpeg-xl') return 112
  if (header.kind === 'jpeg') return jpegEnding(header)
  if (header.kind === 'jpeg2000') return header.isLossy ? 91 : 90
  if (header.isLossy) return 203
  return header.isRpcl ? 202 : 201
}

function jpegEnding({ process, scanParameter }: JpegHeader): number {
  if (process === 'baseline') return 50
  if (process === 'extended') return 51
  if (process === 'progressive') return 55
  if (process === 'lossless') return scanParameter === 1 ? 70 : 57
  return process === 'jpeg-ls' ? (scanParameter === 0 ? 80 : 81) : 66
}
