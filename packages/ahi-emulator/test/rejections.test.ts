import { startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { readPart10, UnreadableFileError } from '@ahi-dicom/dicom-standard/reader'
import { assert, integer, property, tuple, uint8Array } from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encodeDataSet } from '../src/document/encode-data-set.ts'
import { element, fileOf, item, itemDelimiter, openSequence, prefix, sequenceDelimiter } from './support/elements.ts'
import { secondaryCapture } from './support/secondary-capture.ts'

const procedures = 0x00081032
const code = element(0x00080100, 'SH', 'A1')
const deflated = '1.2.840.10008.1.2.1.99'
const implicit = '1.2.840.10008.1.2'

/** Offsets in `fileOf` where the given parts begin, and where the data set begins. */
const start = fileOf([]).byteLength - 8 - 8 - 8 - 8
const dataSetStart = prefix('1.2.840.10008.1.2.1').byteLength

describe('the reason of a rejected file', () => {
  let emulator: Emulator

  beforeAll(async () => {
    emulator = await startEmulator()
  })

  afterAll(() => emulator.close())

  async function reasonOf(file: Uint8Array): Promise<string | undefined> {
    const { datastoreId } = await emulator.createDatastore()
    const { rejected } = await emulator.importDicom([file], { datastoreId })
    return rejected[0]?.reason
  }

  test.each<readonly [string, readonly Uint8Array[], string]>([
    [
      'a sequence delimiter instead of an item delimiter',
      [openSequence(procedures), item(), code, sequenceDelimiter, sequenceDelimiter],
      `the item at byte ${start + 12} of sequence 00081032 has no item delimiter: found a sequence delimiter at byte ${start + 30}`,
    ],
    [
      'an item instead of an item delimiter',
      [openSequence(procedures), item(), code, item(), code, itemDelimiter, sequenceDelimiter],
      `the item at byte ${start + 12} of sequence 00081032 has no item delimiter: found an item at byte ${start + 30}`,
    ],
    [
      'an item delimiter instead of a sequence delimiter',
      [openSequence(procedures), item(), code, itemDelimiter, itemDelimiter],
      `expected an item of sequence 00081032, found FFFEE00D at byte ${start + 38}`,
    ],
    [
      'a missing item delimiter',
      [openSequence(procedures), item(), code],
      `truncated: the item at byte ${start + 12} of sequence 00081032 has no delimiter; it ends at byte ${start + 62}`,
    ],
    [
      'a missing sequence delimiter',
      [openSequence(procedures), item(), code, itemDelimiter],
      `expected an item of sequence 00081032, found 0020000D at byte ${start + 38}`,
    ],
    [
      'an item delimiter among elements',
      [itemDelimiter],
      `item delimiter outside an item of undefined length at byte ${start}`,
    ],
    ['an item among elements', [item(0)], `expected an element, found an item at byte ${start}`],
    [
      'an item longer than its sequence',
      [element(procedures, 'SQ', Buffer.concat([item(18), code]))],
      `truncated: the item at byte ${start + 12} of sequence 00081032 promises 18 bytes, 10 are left in its sequence, which begins at byte ${start}`,
    ],
    [
      'an element longer than its item',
      [element(procedures, 'SQ', Buffer.concat([item(10), element(0x00080100, 'SH', 'A1', 12)]))],
      `truncated: attribute 00080100 promises 12 bytes, 2 are left; it begins at byte ${start + 20}`,
    ],
    [
      'a sequence shorter than its item',
      [element(procedures, 'SQ', Buffer.concat([item(), code, itemDelimiter]), 18)],
      `truncated: the item at byte ${start + 12} of sequence 00081032 has no delimiter; it ends at byte ${start + 30}`,
    ],
    [
      'text in a sequence',
      [element(procedures, 'SQ', 'no items')],
      `expected an item of sequence 00081032, found 6F6E6920 at byte ${start + 12}`,
    ],
    [
      'a wrong length',
      [element(0x00081030, 'LO', 'text', 999)],
      `truncated: attribute 00081030 promises 999 bytes, 36 are left; it begins at byte ${start}`,
    ],
    [
      'a VR that does not exist',
      [element(0x00081030, 'XY', 'text')],
      `truncated: attribute 00081030 promises 1954047348 bytes, 32 are left; PS3.5 has no VR XY; it begins at byte ${start}`,
    ],
    [
      'a missing VR',
      [Buffer.concat([element(0x00081030, 'LO', '').subarray(0, 4), Buffer.from([255, 255, 0, 0])])],
      `truncated: attribute 00081030 promises 65535 bytes, 32 are left; its VR is missing; it begins at byte ${start}`,
    ],
    [
      'an undefined length for text',
      [element(0x00081030, 'UT', 'text', 0xffffffff)],
      `attribute 00081030 of VR UT has an undefined length at byte ${start}`,
    ],
    [
      'a fragment without a length',
      [openSequence(0x7fe00010, 'OB'), item()],
      `a fragment of the pixel data has no length at byte ${start + 12}`,
    ],
    [
      'an item delimiter among fragments',
      [openSequence(0x7fe00010, 'OB'), item(0), itemDelimiter],
      `expected a fragment of the pixel data, found FFFEE00D at byte ${start + 20}`,
    ],
  ])('names %s and its offset', async (_, parts, reason) => {
    expect(await reasonOf(fileOf(parts))).toBe(reason)
  })

  test('names fragments that end early', async () => {
    const file = fileOf([])
    const cut = Buffer.concat([file, openSequence(0x7fe00010, 'OB'), item(0)])
    expect(await reasonOf(cut)).toBe(
      `truncated: a fragment or the delimiter of the pixel data needs 8 bytes, 0 are left at byte ${file.byteLength + 20}`,
    )
  })

  test('names a truncated header', async () => {
    const file = Buffer.concat([fileOf([]), Buffer.from([0x28, 0, 2])])
    expect(await reasonOf(file)).toBe(
      `truncated: the header of an element needs 8 bytes, 3 are left at byte ${file.byteLength - 3}`,
    )
  })

  test('names a missing group 0002, and a missing transfer syntax in it', async () => {
    const reason = 'DICOM attribute TransferSyntaxUID does not exist'
    const bare = fileOf([]).subarray(dataSetStart)
    expect(await reasonOf(Buffer.concat([prefix('').subarray(0, 132), bare]))).toBe(
      `${reason}: the file has no group 0002 at byte 132`,
    )
    expect(await reasonOf(Buffer.concat([prefix(''), bare]))).toBe(reason)
  })

  test('names a data set that is not in its transfer syntax', async () => {
    const explicit = fileOf([]).subarray(dataSetStart)
    expect(await reasonOf(Buffer.concat([prefix(implicit), explicit]))).toMatch(
      /^truncated: attribute 00080016 promises \d+ bytes, \d+ are left; it has an explicit VR, but the transfer syntax is implicit VR; it begins at byte 158$/,
    )
    const swapped = Buffer.from('\0\x08\0\x16UI\0\x1a1.2.840.10008.5.1.4.1.1.7\0', 'latin1')
    expect(await reasonOf(Buffer.concat([prefix('1.2.840.10008.1.2.1'), swapped]))).toMatch(
      /^truncated: attribute 08001600 .*; it has the other byte order; it begins at byte \d+$/,
    )
  })

  test('names damage of a deflated data set, with offsets in the inflated bytes', async () => {
    const file = fileOf([], { transferSyntax: deflated })
    const begins = `the deflated data set at byte ${prefix(deflated).byteLength} cannot be inflated`
    expect(await reasonOf(file.subarray(0, -3))).toBe(`${begins}: unexpected end of file`)
    expect(await reasonOf(Buffer.concat([prefix(deflated), Buffer.from([7])]))).toBe(`${begins}: invalid block type`)
    const broken = fileOf([element(0x00081030, 'LO', 'text', 999)], { transferSyntax: deflated })
    expect(await reasonOf(broken)).toMatch(/it begins at byte \d+ of the inflated data set$/)
  })

  test('is absent for delimiters that some writers add after sequences of defined length', async () => {
    const sequence = element(procedures, 'SQ', Buffer.concat([item(10), code]))
    const items = [openSequence(0x00081110), item(), sequence, sequenceDelimiter, itemDelimiter, sequenceDelimiter]
    expect(await reasonOf(fileOf([sequence, sequenceDelimiter, ...items]))).toBeUndefined()
    const closed = Buffer.concat([item(18), code, itemDelimiter])
    expect(await reasonOf(fileOf([element(procedures, 'SQ', closed)]))).toBeUndefined()
  })
})

function readAll(file: Uint8Array): unknown {
  try {
    const { fileMeta, dataSet } = readPart10(file)
    return [encodeDataSet(fileMeta, { form: '2025' }), encodeDataSet(dataSet, { form: '2025' })]
  } catch (error) {
    return error
  }
}

test('reads files with random changes, or gives a reason', () => {
  const nested = fileOf([openSequence(procedures), item(), code, itemDelimiter, sequenceDelimiter])
  const files = [nested, Buffer.from(secondaryCapture()), fileOf([], { transferSyntax: deflated })]
  const change = tuple(integer({ min: 132, max: 400 }), uint8Array({ minLength: 1, maxLength: 4 }))
  assert(
    property(integer({ min: 0, max: 2 }), change, integer({ min: 132, max: 500 }), (index, [at, bytes], end) => {
      const file = Buffer.from(files[index] ?? nested).subarray(0, end)
      file.set(bytes.subarray(0, Math.max(0, file.byteLength - at)), Math.min(at, file.byteLength))
      const read = readAll(file)
      expect(Array.isArray(read) || read instanceof UnreadableFileError).toBe(true)
    }),
    { numRuns: 3000 },
  )
})
