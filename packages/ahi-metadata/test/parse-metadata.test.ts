import { gzipSync } from 'node:zlib'
import {
  MetadataDocumentError,
  fullResolutionChecksum,
  imageSetInstances,
  parseImageSetMetadata,
  serializeImageSetMetadata,
} from '@ahi-dicom/ahi-metadata'
import type { DocumentLimits } from '@ahi-dicom/ahi-metadata'
import { describe, expect, test } from 'vitest'
import { readShared, withoutShared } from './shared-files.ts'

const CT_588 = 'ahi/image-set-metadata-ct-588.json'
const LEAST_DOCUMENT = '{"SchemaVersion":"1.1","DatastoreID":"d","ImageSetID":"i","Study":{}}'

function documentOf(study: unknown): string {
  return JSON.stringify({ SchemaVersion: '1.1', DatastoreID: 'd', ImageSetID: 'i', Study: study })
}

function failure(document: Uint8Array | string, limits?: DocumentLimits): MetadataDocumentError {
  try {
    parseImageSetMetadata(document, limits)
  } catch (error) {
    if (error instanceof MetadataDocumentError) return error
    throw error
  }
  throw new Error('The document was read')
}

describe.skipIf(withoutShared(CT_588))('a real document of 588 instances', () => {
  test('reads every instance with its levels and frames', () => {
    const metadata = parseImageSetMetadata(readShared(CT_588))
    const instances = [...imageSetInstances(metadata)]
    expect(metadata.SchemaVersion).toBe('1.1')
    expect(instances).toHaveLength(588)
    expect(instances.flatMap(({ instance }) => instance.ImageFrames)).toHaveLength(588)
    const [first] = instances
    expect(first?.patient['PatientSex']).toBe('F')
    expect(first?.study['StudyDescription']).toBe('CT Liver')
    expect(first?.series['Modality']).toBe('CT')
    expect(first?.instance.DICOM['SOPInstanceUID']).toBe(first?.sopInstanceUid)
    const frame = first?.instance.ImageFrames[0]
    expect(frame && fullResolutionChecksum(frame)).toEqual({ Width: 512, Height: 512, Checksum: 1497588823 })
    expect(frame?.MinPixelValue).toBe(-1024)
  })

  test('is written back unchanged, with its keys in order', () => {
    const document = readShared(CT_588)
    const text = serializeImageSetMetadata(parseImageSetMetadata(document))
    expect(text).toBe(JSON.stringify(JSON.parse(new TextDecoder().decode(document))))
  })

  test('reads the same from gzip', () => {
    const document = readShared(CT_588)
    expect(parseImageSetMetadata(gzipSync(document))).toEqual(parseImageSetMetadata(document))
  })
})

describe('missing and unknown parts', () => {
  test('are filled with empty maps', () => {
    const metadata = parseImageSetMetadata(LEAST_DOCUMENT)
    expect(metadata.Patient.DICOM).toEqual({})
    expect(metadata.Study).toEqual({ DICOM: {}, Series: {} })
  })

  test('are filled in an instance, also for null', () => {
    const document = documentOf({
      Series: { '1.2': { Instances: { '1.3': {}, '1.4': { DICOMVRs: null, ImageFrames: null } } } },
    })
    const instances = [...imageSetInstances(parseImageSetMetadata(document))]
    expect(instances.map(({ sopInstanceUid }) => sopInstanceUid)).toEqual(['1.3', '1.4'])
    for (const { instance } of instances) expect(instance).toEqual({ DICOM: {}, DICOMVRs: {}, ImageFrames: [] })
  })

  test('may be null in an instance and in a frame', () => {
    const frame = {
      ID: 'f',
      PixelDataChecksumFromBaseToFullResolution: null,
      MinPixelValue: null,
      FrameSizeInBytes: null,
    }
    const document = documentOf({
      Series: { '1.2': { Instances: { '1.3': { StoredTransferSyntaxUID: null, ImageFrames: [frame] } } } },
    })
    const [instance] = imageSetInstances(parseImageSetMetadata(document))
    expect(instance?.instance).toEqual({ DICOM: {}, DICOMVRs: {}, ImageFrames: [{ ID: 'f', MinPixelValue: null }] })
  })

  test('include the schema version, which may also be a number', () => {
    expect(
      parseImageSetMetadata('{"SchemaVersion":1.1,"DatastoreID":"d","ImageSetID":"i","Study":{}}').SchemaVersion,
    ).toBe('1.1')
    expect(parseImageSetMetadata('{"DatastoreID":"d","ImageSetID":"i","Study":{}}').SchemaVersion).toBe('')
  })

  test('at every level: unknown keys are kept', () => {
    const frame = {
      ID: 'f',
      New: [1],
      PixelDataChecksumFromBaseToFullResolution: [{ Width: 1, Height: 1, Checksum: 1, New: 1 }],
    }
    const instance = { New: { a: 'b' }, DICOM: {}, DICOMVRs: {}, ImageFrames: [frame] }
    const study = { DICOM: {}, Series: { '1.2': { New: null, DICOM: {}, Instances: { '1.3': instance } } }, New: true }
    const document = JSON.stringify({
      New: 'x',
      SchemaVersion: '9',
      DatastoreID: 'd',
      ImageSetID: 'i',
      Patient: { DICOM: {}, New: 0 },
      Study: study,
    })
    expect(serializeImageSetMetadata(parseImageSetMetadata(document))).toBe(document)
  })

  test('before the document: white space is skipped, and the limits hold after it', () => {
    expect(parseImageSetMetadata(`${' '.repeat(100)}${LEAST_DOCUMENT}`).ImageSetID).toBe('i')
    const deep = `${'\n'.repeat(100)}${'['.repeat(2000)}${']'.repeat(2000)}`
    expect(failure(deep).code).toBe('METADATA_TOO_DEEP')
    expect(failure(new TextEncoder().encode(deep)).code).toBe('METADATA_TOO_DEEP')
  })

  test('before the document: a byte order mark is skipped', () => {
    expect(parseImageSetMetadata(new TextEncoder().encode(`\uFEFF${LEAST_DOCUMENT}`)).ImageSetID).toBe('i')
  })
})

describe('a document that must be whole', () => {
  const whole = {
    DatastoreID: 'd',
    ImageSetID: 'i',
    Patient: { DICOM: {} },
    Study: {
      DICOM: { StudyInstanceUID: '1.2' },
      Series: {
        '1.3': { DICOM: { SeriesInstanceUID: '1.3 ' }, Instances: { '1.4': { DICOM: { SOPInstanceUID: '1.4' } } } },
      },
    },
  }
  const text = JSON.stringify(whole)

  test('may lack the frames, and the VRs if no attribute needs them', () => {
    expect(parseImageSetMetadata(text, { isWhole: true })).toEqual(parseImageSetMetadata(text))
  })

  test.each([
    ['the patient', text.replace('"Patient"', '"x"')],
    ['the attributes of the study', text.replace('"DICOM":{"StudyInstanceUID":"1.2"},', '')],
    ['the UID of the study', text.replace('"StudyInstanceUID"', '"x"')],
    ['series', text.replace('"Series"', '"x"')],
    ['any series', JSON.stringify({ ...whole, Study: { ...whole.Study, Series: {} } })],
    ['instances', text.replace('"Instances"', '"x"')],
    ['the UID of an instance', text.replace('"SOPInstanceUID"', '"x"')],
    ['the VR of a private attribute', text.replace('"SOPInstanceUID"', '"00090010":"A","SOPInstanceUID"')],
    ['the name of a series', text.replace('"1.3":', '"1.5":')],
    ['the name of an instance', text.replace('"1.4":', '"1.5":')],
  ])('may not lack %s', (_, document) => {
    expect(() => parseImageSetMetadata(document, { isWhole: true })).toThrow(/it is JSON but not an image set: `/)
    expect(parseImageSetMetadata(document).ImageSetID).toBe('i')
  })
})

describe('64-bit integers', () => {
  const document = `{"SchemaVersion":"1.1","DatastoreID":"d","ImageSetID":"i","Patient":{"DICOM":{}},"Study":{"DICOM":{"00091001":[18446744073709551615,-9223372036854775808,9007199254740991,1e300,-0],"00091002":"9223372036854775807"},"Series":{}}}`

  test('become bigint beyond 2^53 and are written with all digits', () => {
    const metadata = parseImageSetMetadata(document)
    expect(metadata.Study.DICOM['00091001']).toEqual([2n ** 64n - 1n, -(2n ** 63n), 2 ** 53 - 1, 1e300, -0])
    expect(serializeImageSetMetadata(metadata)).toBe(document.replace('1e300', '1e+300'))
  })

  test('stay numbers if they exceed 64 bits', () => {
    const larger = document.replace('18446744073709551615', '18446744073709551616')
    expect(parseImageSetMetadata(larger).Study.DICOM['00091001']).toContain(2 ** 64)
  })

  test('inside text stay text', () => {
    const text = documentOf({ DICOM: { StudyDescription: 'x, 12345678901234567890, y' }, Series: {} })
    expect(parseImageSetMetadata(text).Study.DICOM['StudyDescription']).toBe('x, 12345678901234567890, y')
  })
})

describe('input that is not a metadata document', () => {
  const real = gzipSync(documentOf({ DICOM: { StudyDescription: 'DOE^JANE '.repeat(400) } }))

  test.each([
    ['no bytes', new Uint8Array(0)],
    ['a JPEG', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16)],
    ['an error page', '<UnknownOperationException/>'],
    ['text that is not UTF-8', Uint8Array.of(0x20, 0x80, 0x80)],
  ])('%s is neither gzip nor JSON', (_name, document) => {
    expect(failure(document)).toMatchObject({ code: 'METADATA_NOT_GZIP_OR_JSON', byteLength: document.length })
  })

  test.each([2, 9, 30, real.byteLength - 9, real.byteLength - 1])(
    'gzip that ends after %i bytes is truncated',
    (length) => {
      expect(failure(real.subarray(0, length))).toMatchObject({ code: 'METADATA_GZIP_TRUNCATED', byteLength: length })
    },
  )

  test('gzip with a wrong checksum is corrupt', () => {
    const damaged = Uint8Array.from(real)
    damaged[damaged.length - 6] = (damaged[damaged.length - 6] ?? 0) ^ 1
    expect(failure(damaged).code).toBe('METADATA_GZIP_CORRUPT')
  })

  test('a gzip bomb stops at the limit', () => {
    const bomb = gzipSync(Buffer.alloc(5_000_000, ' '))
    expect(failure(bomb, { maxByteLength: 1_000_000 })).toMatchObject({
      code: 'METADATA_TOO_LARGE',
      byteLength: bomb.byteLength,
    })
    expect(failure(new Uint8Array(11), { maxByteLength: 10 }).code).toBe('METADATA_TOO_LARGE')
  })

  test('the error for broken JSON gives the position and does not quote the document', () => {
    const error = failure('{"Patient": {"DICOM": {"PatientName": "DOE^JANE" "PatientID": "1"}}}')
    expect(error).toMatchObject({ code: 'METADATA_NOT_JSON' })
    expect(error.message).toContain('character 49')
    expect(`${error.stack} ${String(error.cause)}`).not.toContain('DOE')
    expect(failure('{"a":"\\x"}').code).toBe('METADATA_NOT_JSON')
  })

  test.each([
    ['[]', ''],
    ['{}', 'Study'],
    ['{"message":"Too many requests"}', 'Study'],
    [documentOf({}).replace('"d"', '7'), 'DatastoreID'],
    [documentOf({}).replace('"ImageSetID":"i",', ''), 'ImageSetID'],
    [documentOf([]), 'Study'],
    [documentOf({ DICOM: 'x' }), 'Study.DICOM'],
    [documentOf({ Series: { '1.2': null } }), 'Study.Series["1.2"]'],
    [documentOf({ Series: { '1.2': { Instances: [] } } }), 'Study.Series["1.2"].Instances'],
    [
      documentOf({ Series: { 1: { Instances: { 2: { ImageFrames: {} } } } } }),
      'Study.Series["1"].Instances["2"].ImageFrames',
    ],
    [
      documentOf({ Series: { 1: { Instances: { 2: { ImageFrames: [{}] } } } } }),
      'Study.Series["1"].Instances["2"].ImageFrames[0].ID',
    ],
    [
      documentOf({ Series: { 1: { Instances: { 2: { DICOMVRs: { '00091001': 1 } } } } } }),
      'Study.Series["1"].Instances["2"].DICOMVRs["00091001"]',
    ],
  ])('%s is JSON but not an image set, and the message says where', (document, path) => {
    const error = failure(document)
    expect(error).toMatchObject({ code: 'METADATA_NOT_AN_IMAGE_SET', path })
    expect(error.message).toContain(path)
  })
})

function instances(count: number): object {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`1.3.${index}`, {}]))
}

/** Returns a document with an attribute that is nested `levels` deep. */
function deep(levels: number): string {
  return documentOf({ DICOM: { '00091001': 'HERE' } }).replace('"HERE"', `${'['.repeat(levels)}1${']'.repeat(levels)}`)
}

function million(item: string): string {
  return `${item},`.repeat(999_999) + item
}

/** Returns a document with one instance that has these members. */
function withInstance(members: string): string {
  return documentOf({ Series: { '1.2': { Instances: { '1.3': {} } } } }).replace('{}}}}', `{${members}}}}}`)
}

describe('a document beyond the limits', () => {
  test('is refused for its depth, before the stack overflows', () => {
    const error = failure(deep(20_000))
    expect(error).toMatchObject({ code: 'METADATA_TOO_DEEP' })
    expect(error.message).toContain('`maxDepth`')
    expect(parseImageSetMetadata(deep(1000)).ImageSetID).toBe('i')
    expect(parseImageSetMetadata(deep(9000), { maxDepth: 9003 }).ImageSetID).toBe('i')
    expect(failure(deep(9001), { maxDepth: 9003 }).code).toBe('METADATA_TOO_DEEP')
  })

  test('is refused if the stack is too small for its 64-bit integers', () => {
    const document = deep(50_000).replace('1]', '12345678901234567890]')
    expect(failure(document, { maxDepth: 60_000 }).code).toBe('METADATA_TOO_DEEP')
  })

  test('is refused for its entries; those of upper levels count once per instance', () => {
    const flat = documentOf({ Series: { '1.2': { Instances: instances(10) } } })
    // 17 members, 15 objects.
    expect(parseImageSetMetadata(flat, { maxEntries: 32 }).ImageSetID).toBe('i')
    expect(failure(flat, { maxEntries: 31 }).code).toBe('METADATA_TOO_MANY_ENTRIES')
    const shared = documentOf({
      DICOM: { OtherPatientIDs: Array.from({ length: 1000 }, String) },
      Series: { '1.2': { Instances: instances(1000) } },
    })
    expect(failure(shared, { maxEntries: 1_000_000 }).code).toBe('METADATA_TOO_MANY_ENTRIES')
    expect(parseImageSetMetadata(shared, { maxEntries: 2_000_000 }).ImageSetID).toBe('i')
  })

  test.each([
    ['numbers', '0'],
    ['texts', '"A"'],
    ['lists', '[]'],
  ])('is refused for the %s of an array', (_, item) => {
    const document = documentOf({ DICOM: { '00091001': [1] } }).replace('[1]', `[${`${item},`.repeat(999)}${item}]`)
    expect(failure(document, { maxEntries: 1000 }).code).toBe('METADATA_TOO_MANY_ENTRIES')
    expect(parseImageSetMetadata(document, { maxEntries: 1010 }).ImageSetID).toBe('i')
  })

  test('is refused for the members of one object', () => {
    const document = documentOf({ Series: { '1.2': { Instances: instances(1000) } } })
    expect(parseImageSetMetadata(document, { maxMembers: 1000 }).ImageSetID).toBe('i')
    expect(failure(document, { maxMembers: 999 }).code).toBe('METADATA_TOO_MANY_ENTRIES')
  })

  test('is found by its structure, not by brackets in its text', () => {
    const text = '{[":\\"\\\\{[:'.repeat(1000)
    const document = documentOf({ DICOM: { StudyDescription: text, 'a{:\\': 1 } })
    expect(parseImageSetMetadata(document, { maxDepth: 3, maxEntries: 10, maxMembers: 4 }).ImageSetID).toBe('i')
  })

  const frames = withInstance(`"ImageFrames":[${million('{"ID":"f","A":{},"B":{},"C":{}}')}]`)

  test.each([
    ['a million frames', frames],
    ['a million attributes', withInstance(`"DICOM":{${million('"Rows":1')}}`)],
  ])('is refused for %s', (_, document) => {
    expect(failure(gzipSync(document, { level: 1 })).code).toBe('METADATA_TOO_MANY_ENTRIES')
  })

  test('is read with a larger maxByteLength alone', () => {
    const [read] = imageSetInstances(parseImageSetMetadata(frames, { maxByteLength: 2 ** 28 }))
    expect(read?.instance.ImageFrames).toHaveLength(1_000_000)
  })
})

test('a key of the document in a message cannot control a terminal', () => {
  const error = failure(documentOf({ Series: { '1.2\u001b]0;title\u0007\n': null } }))
  expect(error.message).toContain('Study.Series["1.2\u{FFFD}]0;title\u{FFFD}\u{FFFD}"]` is null')
})
