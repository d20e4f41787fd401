import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { MetadataDocumentError, parseImageSetMetadata, type JsonValue } from '@ahi-dicom/ahi-metadata'
import { dicomize, MetadataError } from '@ahi-dicom/dicomizer'
import { lookUpKeyword } from '@ahi-dicom/dicom-standard/dictionary'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { elementRows } from '../../dicom-standard/src/dictionary/dictionary.generated.ts'
import { bytesOf, ctImageStorage } from './instances.ts'
import { mutatedDocument } from './mutated-document.ts'
import { hasCommand, hasPydicom, python, run } from './tools.ts'

const seed = Number(process.env['FAST_CHECK_SEED'] ?? Date.now() % 2 ** 31)

/**
 * An image set with the structure and value forms of real ones: PN, DS, AT, nested, private, in several character sets.
 */
const document: JsonValue = {
  SchemaVersion: '1.1',
  DatastoreID: '0123456789abcdef0123456789abcdef',
  ImageSetID: 'fedcba9876543210fedcba9876543210',
  Patient: {
    DICOM: { PatientName: 'Yamada^Tarou=山田^太郎', PatientID: '1', PatientWeight: null, PatientBirthDate: '19700101' },
  },
  Study: {
    DICOM: { StudyInstanceUID: '1.2.3', StudyDate: '20200101', ReferencedStudySequence: null },
    Series: {
      '1.2.3.4': {
        DICOM: { SeriesInstanceUID: '1.2.3.4', Modality: 'CT', SeriesDescription: 'Größe' },
        Instances: {
          '1.2.3.4.5': {
            DICOM: {
              SpecificCharacterSet: ['', 'ISO 2022 IR 87'],
              SOPClassUID: ctImageStorage,
              SOPInstanceUID: '1.2.3.4.5',
              FileMetaInformationVersion: 'AAE=',
              TransferSyntaxUID: '1.2.840.10008.1.2',
              ImageType: ['ORIGINAL', 'PRIMARY', '', '0015'],
              PixelSpacing: ['0.685546875', '1 '],
              Rows: 512,
              PixelRepresentation: 1,
              PixelPaddingValue: -2000,
              SmallestImagePixelValue: 5,
              PhysicalDeltaX: 1,
              FileOffsetInContainer: 2 ** 60,
              FrameIncrementPointer: ['00181065'],
              RedPaletteColorLookupTableData: 'AAECAw==',
              '60023000': 'AAECAw==',
              '00090010': 'MAKER',
              '00091001': 'MCA=',
              '00091002': [
                { '00090010': 'MAKER', '00091001': '', SpecificCharacterSet: ['ISO_IR 100'], PatientComments: 'é' },
              ],
              ContentSequence: [
                {
                  ValueType: 'TEXT',
                  TextValue: '山',
                  ContentSequence: [{ MeasuredValueSequence: [{ NumericValue: ['1.5'] }] }],
                },
              ],
              PixelData: null,
            },
            DICOMVRs: { '00090010': 'LO', '00091001': 'UN', '00091002': 'SQ', '60023000': 'OW' },
            ImageFrames: [],
          },
        },
      },
    },
  },
}

const keywords = elementRows
  .split('\n')
  .map((row) => row.slice(11, row.indexOf(' ')))
  .filter((keyword) => keyword !== '')
const vrs = 'AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI UL UN UR US UT UV XX'

const anyKey = fc.oneof(
  fc.constantFrom(...keywords),
  fc.stringMatching(/^[0-9A-F]{8}$/),
  fc.constantFrom(
    'DICOM',
    'DICOMVRs',
    '__proto__',
    'constructor',
    'BulkDataURI',
    'SpecificCharacterSet',
    'SOPInstanceUID',
    'FFFEE00D',
    '00020010',
    '00091001',
  ),
  fc.string(),
)
const { value: anyValue } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<JsonValue>(
      null,
      '',
      [],
      {},
      'AAE=',
      '山',
      'é',
      -0,
      2 ** 53,
      '\ud800',
      '\u001b$B',
      'a\\b',
      ...vrs.split(' '),
    ),
    fc
      .constantFrom('ISO_IR 100', 'ISO_IR 192', 'ISO 2022 IR 149', 'GB18030', 'GBK', 'ISO_IR 13')
      .map((term): JsonValue => [term]),
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.string({ unit: 'binary' }),
    fc.string({ minLength: 65_000, maxLength: 70_000, unit: fc.constantFrom('a', 'é') }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(anyKey, tie('value'), { maxKeys: 4 }),
  ),
}))

interface HeaderFile {
  readonly bytes: Buffer
  /** Tags of the instance's elements, except SpecificCharacterSet. */
  readonly tags: readonly string[]
}

/** Returns the header files of a document's instances, except those that cannot be written. */
async function filesOf(text: string): Promise<HeaderFile[]> {
  const files: HeaderFile[] = []
  try {
    for (const instance of dicomize(parseImageSetMetadata(text), { headerOnly: true })) {
      const tags = [...instance.attributes.keywords()].map(tagOf).filter((tag) => tag !== '00080005')
      files.push({ bytes: await bytesOf(instance.part10()), tags })
    }
  } catch (error) {
    if (!(error instanceof MetadataDocumentError) && !(error instanceof MetadataError)) throw error
  }
  return files
}

function tagOf(keyword: string): string {
  return (lookUpKeyword(keyword)?.tag ?? Number.parseInt(keyword, 16)).toString(16).toUpperCase().padStart(8, '0')
}

test('random JSON is a document or throws our error', { timeout: 60_000 }, async () => {
  const texts = fc.oneof(
    fc.json(),
    fc.string(),
    anyValue.map((value) => JSON.stringify(value)),
  )
  for (const text of fc.sample(texts, { numRuns: 500, seed })) {
    await expect(filesOf(text), `seed ${seed}`).resolves.toBeInstanceOf(Array)
  }
})

describe('a mutated document throws our error, or makes files that', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dicomizer-'))
  const paths: string[] = []
  const tags: (readonly string[])[] = []

  beforeAll(async () => {
    const mutants = fc.sample(mutatedDocument(document, anyValue, anyKey), { numRuns: 600, seed })
    for (const mutant of mutants) {
      for (const file of await filesOf(JSON.stringify(mutant))) {
        paths.push(join(folder, `${paths.length}.dcm`))
        writeFileSync(paths.at(-1) ?? '', file.bytes)
        tags.push(file.tags)
      }
    }
  }, 120_000)

  afterAll(() => rmSync(folder, { recursive: true }))

  test('are many', () => {
    expect(paths.length, `seed ${seed}`).toBeGreaterThan(200)
  })

  test.skipIf(!hasPydicom())('pydicom reads, with the elements that the instance has', { timeout: 120_000 }, () => {
    expect(python('read_files.py', [], JSON.stringify(paths)), `seed ${seed}`).toEqual(tags)
  })

  test.skipIf(!hasCommand('dcmdump'))('dcmdump reads', { timeout: 120_000 }, () => {
    expect(run('dcmdump', ['-q', ...paths]).status, `seed ${seed}`).toBe(0)
  })
})
