/** The form of the values of a VR. */
type ValueKind = 'text' | 'integer' | 'float' | 'tag' | 'binary' | 'sequence'

/** The properties of a VR that a writer needs (PS3.5 6.2 and 7.1.2). */
export interface ValueRepresentation {
  readonly vr: string
  readonly kind: ValueKind
  /** Bytes of one value, or of one word of an O* stream; 1 for text. */
  readonly unit: 1 | 2 | 4 | 8
  readonly signed: boolean
  /** True if the header has a 32-bit length after two reserved bytes. */
  readonly longLength: boolean
  /** Padding byte for odd lengths: space for text, NUL for UI and binary (PS3.5 6.2). */
  readonly padding: number
  /** True if SpecificCharacterSet applies (PS3.5 6.1.2.3). */
  readonly usesCharacterSet: boolean
  /** True if the VR has a single value, so that a backslash is an ordinary character (PS3.5 6.2). */
  readonly isSingleValued: boolean
}

const characterSetVrs: ReadonlySet<string> = new Set(['LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT'])
const singleValuedVrs: ReadonlySet<string> = new Set(['LT', 'ST', 'UR', 'UT'])

/** Common properties of VRs other than text. */
const noText = { usesCharacterSet: false, isSingleValued: false } as const

function text(vr: string, longLength = false): ValueRepresentation {
  return {
    vr,
    kind: 'text',
    unit: 1,
    signed: false,
    longLength,
    padding: vr === 'UI' ? 0 : 0x20,
    usesCharacterSet: characterSetVrs.has(vr),
    isSingleValued: singleValuedVrs.has(vr),
  }
}

function integer(vr: string, unit: 2 | 4 | 8, signed: boolean): ValueRepresentation {
  return { vr, kind: 'integer', unit, signed, longLength: unit === 8, padding: 0, ...noText }
}

function float(vr: string, unit: 4 | 8): ValueRepresentation {
  return { vr, kind: 'float', unit, signed: true, longLength: false, padding: 0, ...noText }
}

function binary(vr: string, unit: 1 | 2 | 4 | 8): ValueRepresentation {
  return { vr, kind: 'binary', unit, signed: false, longLength: true, padding: 0, ...noText }
}

const rows: readonly ValueRepresentation[] = [
  ...['AE', 'AS', 'CS', 'DA', 'DS', 'DT', 'IS', 'LO', 'LT', 'PN', 'SH', 'ST', 'TM', 'UI'].map((vr) => text(vr)),
  ...['UC', 'UR', 'UT'].map((vr) => text(vr, true)),
  integer('US', 2, false),
  integer('SS', 2, true),
  integer('UL', 4, false),
  integer('SL', 4, true),
  integer('UV', 8, false),
  integer('SV', 8, true),
  float('FL', 4),
  float('FD', 8),
  { vr: 'AT', kind: 'tag', unit: 4, signed: false, longLength: false, padding: 0, ...noText },
  binary('OB', 1),
  binary('OW', 2),
  binary('OL', 4),
  binary('OV', 8),
  binary('OF', 4),
  binary('OD', 8),
  binary('UN', 1),
  { vr: 'SQ', kind: 'sequence', unit: 1, signed: false, longLength: true, padding: 0, ...noText },
]

const representations: ReadonlyMap<string, ValueRepresentation> = new Map(rows.map((row) => [row.vr, row]))

/**
 * Returns the properties of a VR of PS3.5. `undefined` for other text.
 *
 * @example
 * import { valueRepresentation } from '@ahi-dicom/dicom-standard'
 *
 * console.log(valueRepresentation('OW')?.unit) // 2
 * console.log(valueRepresentation('XX')) // undefined
 */
export function valueRepresentation(vr: string): ValueRepresentation | undefined {
  return representations.get(vr)
}
