import type { ColumnType } from './table-column.ts'

const types: Readonly<Record<string, ColumnType>> = {
  ...Object.fromEntries(
    ['AE', 'AS', 'AT', 'CS', 'DT', 'LO', 'LT', 'PN', 'SH', 'ST', 'TM', 'UC', 'UI', 'UR', 'UT'].map((vr) => [
      vr,
      'string',
    ]),
  ),
  // Documents have binary values in base64.
  ...Object.fromEntries(['OB', 'OB or OW', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN'].map((vr) => [vr, 'string'])),
  DA: 'date',
  DS: 'double',
  FD: 'double',
  FL: 'double',
  IS: 'int32',
  SL: 'int32',
  SS: 'int32',
  US: 'int32',
  'US or SS': 'int32',
  SV: 'int64',
  UL: 'int64',
  UV: 'uint64',
  SQ: 'json',
}

/** Returns the column type for a VR (PS3.5 6.2), or `mixed` if the VR is unknown or ambiguous. */
export function columnType(vr: string | undefined): ColumnType {
  return types[vr ?? ''] ?? 'mixed'
}
