import * as transferSyntaxes from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import { describe, expect, test } from 'vitest'

import { hasPydicom, python } from './tools.ts'

const { dataSetEncoding, lookUpTransferSyntax, ...constants } = transferSyntaxes
const uids: readonly string[] = Object.values(constants)

test('returns the properties of a transfer syntax', () => {
  expect(lookUpTransferSyntax('1.2.840.10008.1.2.4.202')).toEqual({
    uid: transferSyntaxes.htj2kLosslessRpcl,
    name: 'High-Throughput JPEG 2000 with RPCL Options Image Compression (Lossless Only)',
    isNative: false,
    isEncapsulated: true,
    isVideo: false,
    isFragmentable: false,
    isDeflated: false,
    isLossless: true,
    codeStream: 'htj2k',
  })
  expect(lookUpTransferSyntax('1.2.840.10008.1.2.4.106.1')).toMatchObject({
    isEncapsulated: true,
    isVideo: true,
    isFragmentable: true,
    isLossless: false,
    codeStream: 'h264',
  })
  expect(lookUpTransferSyntax('1.2.840.10008.1.2.4.94')).toMatchObject({ isNative: false, isEncapsulated: false })
  expect(['1.2.3', '', 'constructor'].map(lookUpTransferSyntax)).toEqual(Array(3).fill(undefined))
})

test('has each named transfer syntax once in its table', () => {
  expect(uids.filter((uid) => lookUpTransferSyntax(uid)?.uid !== uid)).toEqual([])
  expect(new Set(uids).size).toBe(uids.length)
})

test.each([
  ['1.2.840.10008.1.2', { isExplicit: false, isLittleEndian: true, isDeflated: false }],
  ['1.2.840.10008.1.2.2', { isExplicit: true, isLittleEndian: false, isDeflated: false }],
  ['1.2.840.10008.1.2.1.99', { isExplicit: true, isLittleEndian: true, isDeflated: true }],
  ['1.2.840.10008.1.2.4.205', { isExplicit: true, isLittleEndian: true, isDeflated: true }],
  ['1.2.840.10008.1.2.8.1', { isExplicit: true, isLittleEndian: true, isDeflated: false }],
  ['1.2.3', { isExplicit: true, isLittleEndian: true, isDeflated: false }],
])('returns the encoding of data sets of %s', (uid, encoding) => {
  expect(dataSetEncoding(uid)).toEqual(encoding)
})

describe.skipIf(!hasPydicom())('against pydicom', () => {
  test('has every transfer syntax with the same name', () => {
    const names = Object.entries(Object(python('dump_transfer_syntaxes.py', [])))
    expect(names.length).toBeGreaterThan(50)
    expect(names.filter(([uid, name]) => lookUpTransferSyntax(uid)?.name !== name)).toEqual([])
  })
})
