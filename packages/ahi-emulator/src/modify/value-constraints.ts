import type { JsonValue } from '@ahi-dicom/ahi-metadata'
import { isBinary } from '@ahi-dicom/dicom-standard/reader'

/** Forms of the values of text VRs (PS3.5 table 6.2-1), without padding. */
const textPatterns: Readonly<Record<string, RegExp>> = {
  AE: /^[^\\\p{Cc}]{0,16}$/u,
  AS: /^\d{3}[DWMY]$/,
  AT: /^[\dA-F]{8}$/,
  CS: /^[A-Z\d _]{0,16}$/,
  DA: /^\d{4}\.?\d{2}\.?\d{2}$/,
  DS: /^ *[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)? *$/,
  DT: /^\d{4}(\d{2}){0,5}(\.\d{1,6})?([+-]\d{4})?$/,
  IS: /^ *[+-]?\d{1,11} *$/,
  LO: /^[^\\\p{Cc}]{0,64}$/u,
  LT: /^.{0,10240}$/su,
  PN: /^([^\\=\p{Cc}]{0,64}=){0,2}[^\\=\p{Cc}]{0,64}$/u,
  SH: /^[^\\\p{Cc}]{0,16}$/u,
  ST: /^.{0,1024}$/su,
  TM: /^\d{2}:?(\d{2}:?(\d{2}(\.\d{1,6})?)?)?$/,
  UC: /^[^\\]*$/,
  UI: /^[\d.]{1,64}$/,
  UR: /^[^\\\s]*$/,
  UT: /^/,
}

const integerRanges: Readonly<Record<string, readonly [number, number]>> = {
  SL: [-(2 ** 31), 2 ** 31 - 1],
  SS: [-(2 ** 15), 2 ** 15 - 1],
  SV: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  UL: [0, 2 ** 32 - 1],
  US: [0, 2 ** 16 - 1],
  UV: [0, Number.MAX_SAFE_INTEGER],
}

const base64Pattern = /^([\dA-Za-z+/]{4})*([\dA-Za-z+/]{2}==|[\dA-Za-z+/]{3}=)?$/

/**
 * Returns true if an attribute of a VR can have a value in the metadata document. `vr` is in the form of PS3.6, which
 * includes `US or SS`. Empty values (`null`) fit every VR.
 */
export function fitsValueRepresentation(vr: string, value: JsonValue): boolean {
  if (value === null) return true
  if (Array.isArray(value)) return value.every((one) => fitsValueRepresentation(vr, one))
  return vr.split(' or ').some((one) => fitsOne(one, value))
}

function fitsOne(vr: string, value: JsonValue): boolean {
  if (vr === 'SQ') return typeof value === 'object'
  if (typeof value === 'number') return fitsNumber(vr, value)
  if (typeof value !== 'string') return false
  if (value === '') return textPatterns[vr] !== undefined
  const pattern = textPatterns[vr]
  return pattern === undefined ? isBinary(vr) && base64Pattern.test(value) : pattern.test(value)
}

function fitsNumber(vr: string, value: number): boolean {
  if (vr === 'FL' || vr === 'FD') return true
  const range = integerRanges[vr]
  return range !== undefined && Number.isInteger(value) && value >= range[0] && value <= range[1]
}
