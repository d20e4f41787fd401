import { compareInstances, type CompareOptions, type InstanceComparison } from '@ahi-dicom/dicom-diff'
import { describe, expect, test } from 'vitest'
import { encapsulatedImage, nativeImage, withElement } from './support/test-image.ts'
import {
  bigEndian,
  deflated,
  dicomSource,
  explicit,
  implicit,
  shorts,
  text,
  type TestElement,
  type TestEncoding,
} from './support/write-dicom.ts'

const pixels = new Uint8Array(Uint16Array.from({ length: 24 }, (_, index) => index * 100).buffer)
const item: readonly TestElement[] = [
  text(0x00080100, 'SH', 'T-A0100'),
  { tag: 0x00081199, vr: 'SQ', items: [[text(0x00081150, 'UI', '1.2.3.4')]] },
]
const original: readonly TestElement[] = [
  ...nativeImage(pixels),
  text(0x00090010, 'LO', 'MAKER'),
  { tag: 0x00091001, vr: 'FD', value: new Uint8Array(Float64Array.of(1.5, -2).buffer) },
  { tag: 0x00082218, vr: 'SQ', items: [item, item] },
  text(0x00200013, 'IS', '7'),
  text(0x00104000, 'LT', 'a note\\of one value'),
]

describe('compareInstances', () => {
  test.each<[string, TestEncoding]>([
    ['the same', { transferSyntaxUid: explicit }],
    ['undefined lengths', { transferSyntaxUid: explicit, hasUndefinedLengths: true }],
    ['Explicit VR Big Endian', { transferSyntaxUid: bigEndian }],
    ['Implicit VR Little Endian', { transferSyntaxUid: implicit, hasUndefinedLengths: true }],
    ['a deflated data set', { transferSyntaxUid: deflated }],
  ])('finds no difference in another encoding: %s', async (_, encoding) => {
    const withoutPrivate =
      encoding.transferSyntaxUid === implicit ? original.filter(({ tag }) => tag !== 0x00091001) : original
    const found = await compareInstances(dicomSource(withoutPrivate), dicomSource(withoutPrivate, encoding))
    expect(found).toMatchObject({ differences: [], pixels: 'equal' })
    expect(found.normalised.map(({ normalisation }) => normalisation)).toEqual(
      encoding.transferSyntaxUid === explicit ? [] : ['file-meta'],
    )
  })

  test.each<[string, readonly TestElement[], object]>([
    [
      'a value',
      withElement(original, text(0x00100010, 'PN', 'Doe^John')),
      { difference: 'value', attribute: 'PatientName' },
    ],
    ['the case of a letter', withElement(original, text(0x00100010, 'PN', 'Doe^jane')), { difference: 'value' }],
    ['another text of a number', withElement(original, text(0x00200013, 'IS', '07')), { attribute: 'InstanceNumber' }],
    [
      'a removed attribute',
      original.filter(({ tag }) => tag !== 0x00200013),
      { difference: 'only-in-a', vr: { a: 'IS' } },
    ],
    ['an added attribute', [...original, text(0x00204000, 'LT', 'more')], { difference: 'only-in-b', vr: { b: 'LT' } }],
    ['a VR', withElement(original, { ...text(0x00200013, 'LO', '7') }), { difference: 'vr', vr: { a: 'IS', b: 'LO' } }],
    [
      'a private value',
      withElement(original, { tag: 0x00091001, vr: 'FD', value: new Uint8Array(Float64Array.of(1.5, -2.5).buffer) }),
      { attribute: '00091001' },
    ],
    [
      'a missing item',
      withElement(original, { tag: 0x00082218, vr: 'SQ', items: [item] }),
      { difference: 'items', detail: '2 and 1 items' },
    ],
    [
      'a value in an item of an item',
      withElement(original, {
        tag: 0x00082218,
        vr: 'SQ',
        items: [
          item,
          [item[0] ?? text(0, 'SH', ''), { tag: 0x00081199, vr: 'SQ', items: [[text(0x00081150, 'UI', '1.2.3.5')]] }],
        ],
      }),
      { attribute: 'AnatomicRegionSequence[1].ReferencedSOPSequence[0].ReferencedSOPClassUID' },
    ],
    [
      'a sample',
      withElement(original, { tag: 0x7fe00010, vr: 'OW', value: changed(pixels, 10) }),
      { difference: 'pixels', detail: '1 samples by up to 1 in frame 1' },
    ],
    [
      'no pixels',
      original.filter(({ tag }) => tag !== 0x7fe00010),
      { difference: 'only-in-a', attribute: 'PixelData' },
    ],
    ['rows', withElement(original, shorts(0x00280010, 3)), { difference: 'value', attribute: 'Rows' }],
  ])('finds %s', async (_, other, difference) => {
    const { differences } = await compareInstances(dicomSource(original), dicomSource(other))
    expect(differences[0]).toMatchObject(difference)
    expect(differences.filter(({ attribute }) => attribute !== 'PixelData').length).toBeLessThanOrEqual(1)
  })

  test('shows values only on request', async () => {
    const other = withElement(original, text(0x00100010, 'PN', 'Roe^Richard'))
    const without = await compareInstances(dicomSource(original), dicomSource(other))
    expect(JSON.stringify(without)).not.toMatch(/Doe|Roe/)
    const shown = await compareInstances(dicomSource(original), dicomSource(other), { showValues: true })
    expect(shown.differences).toMatchObject([{ values: { a: 'Doe^Jane', b: 'Roe^Richard ' } }])
  })

  test.each<[string, TestElement, TestElement | undefined]>([
    ['padding', text(0x00080080, 'LO', ' Clinic  '), text(0x00080080, 'LO', 'Clinic')],
    ['padding', text(0x00100010, 'PN', 'Doe^Jane^^^'), text(0x00100010, 'PN', 'Doe^Jane')],
    ['group-length', { tag: 0x00080000, vr: 'UL', value: new Uint8Array(4) }, undefined],
    ['public-vr', { ...text(0x00080080, 'UN', 'Clinic') }, text(0x00080080, 'LO', 'Clinic')],
    ['creator-vr', { ...text(0x000b0010, 'UN', 'OTHER ') }, text(0x000b0010, 'LO', 'OTHER ')],
    [
      'unfit-vr',
      { tag: 0x000b1001, vr: 'FD', value: new Uint8Array(6) },
      { tag: 0x000b1001, vr: 'UN', value: new Uint8Array(6) },
    ],
    ['character-set', text(0x00080005, 'CS', 'ISO-IR 100'), text(0x00080005, 'CS', 'ISO_IR 100')],
    ['offset-table', { tag: 0x7fe00001, vr: 'OV', value: new Uint8Array(8) }, undefined],
    ['empty-pixels', { tag: 0x7fe00008, vr: 'OF', value: new Uint8Array(0) }, undefined],
  ])('explains %s', async (id, before, after) => {
    const base = original.filter(({ tag }) => tag !== before.tag)
    const found = await compareInstances(
      dicomSource([...base, before]),
      dicomSource(after === undefined ? base : [...base, after]),
    )
    expect(found.differences).toEqual([])
    expect(found.normalised.map(({ normalisation }) => normalisation)).toEqual([id])
  })

  test('explains a loss that only the export declares, but no other value of a declared loss', async () => {
    const [loss, ratio, method] = [
      text(0x00282110, 'CS', '01'),
      text(0x00282112, 'DS', '10'),
      text(0x00282114, 'CS', 'ISO_10918_1'),
    ]
    expect(await comparedJpegs([], [loss, ratio, method])).toEqual({
      differences: [],
      normalised: ['lossy', 'lossy', 'lossy'],
    })
    expect(await comparedJpegs([text(0x00282110, 'CS', '00')], [loss])).toEqual({
      differences: [],
      normalised: ['lossy'],
    })
    expect(await comparedJpegs([loss, ratio], [loss, text(0x00282112, 'DS', '20')])).toEqual({
      differences: ['LossyImageCompressionRatio'],
      normalised: [],
    })
    expect(await comparedJpegs([loss], [text(0x00282110, 'CS', '00')])).toEqual({
      differences: ['LossyImageCompression'],
      normalised: [],
    })
  })

  test('explains a sequence that was UN', async () => {
    const sequence = Buffer.from('\xfe\xff\x00\xe0\x0a\0\0\0\x08\0\x50\x11\x02\0\0\x001.', 'latin1')
    const un: TestElement = { tag: 0x00081140, vr: 'UN', value: sequence }
    const items: TestElement = {
      tag: 0x00081140,
      vr: 'SQ',
      items: [[{ tag: 0x00081150, vr: 'UI', value: Buffer.from('1.') }]],
    }
    const found = await compareInstances(dicomSource([...original, un]), dicomSource([...original, items]))
    expect(ids(found)).toEqual({ differences: [], normalised: ['public-vr'] })
  })

  test('explains UTF-8 only if text has characters that its character set lacks', async () => {
    const utf8 = text(0x00080005, 'CS', 'ISO_IR 192')
    const umlaut: TestElement = { tag: 0x00080080, vr: 'LO', value: Buffer.from('\xfc\xfc', 'latin1') }
    const inUtf8: TestElement = { tag: 0x00080080, vr: 'LO', value: Buffer.from('üü') }
    const found = await compareInstances(dicomSource([...original, umlaut]), dicomSource([...original, utf8, inUtf8]))
    expect(ids(found)).toEqual({ differences: [], normalised: ['character-set'] })
    const without = await compareInstances(dicomSource(original), dicomSource([...original, utf8]))
    expect(ids(without)).toEqual({ differences: ['SpecificCharacterSet'], normalised: [] })
  })

  test('reads the text of each file in its character set', async () => {
    const latin = [...original, text(0x00080005, 'CS', 'ISO_IR 100'), name(Buffer.from('M\xfcnchn', 'latin1'))]
    const unicode = [...original, text(0x00080005, 'CS', 'ISO_IR 192'), name(Buffer.from('Münchn '))]
    const { differences } = await compareInstances(dicomSource(latin), dicomSource(unicode))
    expect(differences.map(({ attribute }) => attribute)).toEqual(['SpecificCharacterSet'])
  })

  test('takes the file that this product wrote as the export', async () => {
    const exported = withMeta(withElement(original, text(0x00080080, 'LO', 'Clinic')))
    const source = dicomSource([...original, { ...text(0x00080080, 'UN', 'Clinic') }])
    expect(ids(await compareInstances(exported, source))).toEqual({ differences: [], normalised: ['public-vr'] })
    expect((await compareInstances(exported, source)).output).toBe('a')
    // AHI does not produce this export, where a VR became UN.
    const damaged = withMeta([...original, { ...text(0x00080080, 'UN', 'Clinic') }])
    const whole = dicomSource([...original, text(0x00080080, 'LO', 'Clinic')])
    expect(ids(await compareInstances(damaged, whole)).differences).toEqual(['InstitutionName'])
  })

  test('compares values that are too large for memory in pieces', async () => {
    const large = Buffer.alloc(3_000_002, 7)
    const one = dicomSource([...original, document(large)])
    expect(ids(await compareInstances(one, dicomSource([...original, document(large)]))).differences).toEqual([])
    expect(
      ids(await compareInstances(one, dicomSource([...original, document(changed(large, 2_999_990))]))).differences,
    ).toEqual(['EncapsulatedDocument'])
    expect(
      ids(await compareInstances(one, dicomSource([...original, document(large.subarray(2))]))).differences,
    ).toEqual(['EncapsulatedDocument'])
    expect(
      ids(await compareInstances(one, dicomSource([...original, document(Buffer.alloc(8, 7))]))).differences,
    ).toEqual(['EncapsulatedDocument'])
  })

  test('stops when the signal aborts', async () => {
    const options: CompareOptions = { signal: AbortSignal.abort(new Error('enough')) }
    const other = withElement(original, { tag: 0x7fe00010, vr: 'OW', value: changed(pixels, 0) })
    await expect(compareInstances(dicomSource(original), dicomSource(other), options)).rejects.toThrow('enough')
  })
})

function ids({ differences, normalised }: InstanceComparison): { differences: string[]; normalised: unknown[] } {
  return {
    differences: differences.map(({ attribute }) => attribute),
    normalised: normalised.map(({ normalisation }) => normalisation).filter((id) => id !== 'file-meta'),
  }
}

/** Returns a file with group 2 of this product. */
function withMeta(elements: readonly TestElement[]): ReturnType<typeof dicomSource> {
  return dicomSource([text(0x00020012, 'UI', '2.25.269382197603776125375582921141853311597'), ...elements])
}

function changed(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}

/** Returns a JPEG of one grey frame (ITU-T T.81): SOI, SOF0, SOS, a byte of entropy-coded data, EOI. */
function lossyJpeg(elements: readonly TestElement[]): ReturnType<typeof dicomSource> {
  const codeStream = Buffer.from('ffd8ffc0000b080004000601011100ffda0008010100003f0000ffd9', 'hex')
  const image = encapsulatedImage([new Uint8Array(0), codeStream], { bitsAllocated: 8 })
  return dicomSource([...image, ...elements], { transferSyntaxUid: '1.2.840.10008.1.2.4.50' })
}

async function comparedJpegs(before: readonly TestElement[], after: readonly TestElement[]): Promise<unknown> {
  return ids(await compareInstances(lossyJpeg(before), lossyJpeg(after)))
}

const name = (value: Buffer): TestElement => ({ tag: 0x00080080, vr: 'LO', value })

const document = (value: Uint8Array): TestElement => ({ tag: 0x00420011, vr: 'OB', value })
