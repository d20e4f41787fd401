import type { AttributeMap, JsonValue } from '@ahi-dicom/ahi-metadata'
import {
  ColumnError,
  createExporter,
  parseFilter,
  splitColumns,
  tableColumns,
  type ErrorEntry,
  type ExporterClient,
  type TableOptions,
  type TableRow,
} from '@ahi-dicom/exporter'
import { describe, expect, test } from 'vitest'
import { clientDouble, decoderDouble } from './doubles/client.ts'
import { datastoreId, makeImageSet, type ImageSetDouble } from './doubles/image-sets.ts'

const imageSetId = 'a'.repeat(32)

type Options = Omit<TableOptions, 'datastoreId' | 'selectors'> & Partial<Pick<TableOptions, 'selectors'>>

async function rowsOf(client: ExporterClient, options: Options): Promise<TableRow[]> {
  await using exporter = createExporter({ client, frameDecoder: decoderDouble() })
  return await collect(exporter.table({ datastoreId, selectors: 'all', ...options }))
}

async function collect(rows: AsyncIterable<TableRow>): Promise<TableRow[]> {
  const all: TableRow[] = []
  for await (const row of rows) all.push(row)
  return all
}

/** Returns the cell of an instance with these attributes. */
async function cell(
  column: string,
  attributes: AttributeMap,
  vrs: Readonly<Record<string, string>> = {},
): Promise<JsonValue | undefined> {
  const imageSet = makeImageSet({ imageSetId, instances: { '1.1': {} } })
  const instance = imageSet.metadata.Study.Series['1.2.3.4']?.Instances['1.1']
  Object.assign(instance?.DICOM ?? {}, attributes)
  Object.assign(instance?.DICOMVRs ?? {}, vrs)
  const [row = {}] = await rowsOf(clientDouble([imageSet]), { columns: [column] })
  return row[tableColumns({ columns: [column] })[0].name]
}

/** Expected values were derived by hand from docs/tables.md and PS3.5 6.2. */
describe('values', () => {
  test.each<[string, AttributeMap, JsonValue | undefined]>([
    ['SliceThickness', { SliceThickness: '1.50 ' }, 1.5],
    ['SliceThickness', { SliceThickness: '1.5 mm' }, '1.5 mm'],
    ['SliceThickness', { SliceThickness: null }, null],
    ['SliceThickness', { SliceThickness: ' ' }, null],
    ['SliceThickness', {}, undefined],
    ['SliceThickness', { SliceThickness: ['1', '2'] }, [1, 2]],
    ['PixelSpacing', { PixelSpacing: ['0.5 ', '.25'] }, [0.5, 0.25]],
    ['PixelSpacing', { PixelSpacing: ['', null, '1'] }, [null, null, 1]],
    ['ImageType', { ImageType: ['ORIGINAL'] }, ['ORIGINAL']],
    ['ImageType', { ImageType: 'ORIGINAL' }, ['ORIGINAL']],
    ['ImageType', { ImageType: null }, null],
    ['InstanceNumber', { InstanceNumber: '+7 ' }, 7],
    ['InstanceNumber', { InstanceNumber: '7.0' }, 7],
    ['InstanceNumber', { InstanceNumber: '99999999999999999999' }, 99_999_999_999_999_999_999n],
    ['InstanceNumber', { InstanceNumber: 'seven' }, 'seven'],
    ['AcquisitionDate', { AcquisitionDate: '20240229' }, '2024-02-29'],
    ['AcquisitionDate', { AcquisitionDate: '2024.02.29' }, '2024-02-29'],
    ['AcquisitionDate', { AcquisitionDate: '20230229' }, '20230229'],
    ['AcquisitionDate', { AcquisitionDate: '2024' }, '2024'],
    ['AcquisitionTime', { AcquisitionTime: '093000.5 ' }, '093000.5'],
    ['RecommendedDisplayFrameRateInFloat', { RecommendedDisplayFrameRateInFloat: 'NaN' }, NaN],
    ['OperatorsName', { OperatorsName: [' Doe^John^^=山田^太郎= '] }, ['Doe^John^^=山田^太郎=']],
    ['ImageComments', { ImageComments: '  =1+1\n\\ ' }, '  =1+1\n\\'],
    ['0008,0018', { SOPInstanceUID: '1.1\0' }, '1.1'],
    ['(0010,0010)', { PatientName: 'A^B' }, 'A^B'],
    ['ReferencedImageSequence', { ReferencedImageSequence: [{ CodeValue: 'x' }] }, [{ CodeValue: 'x' }]],
    ['ReferencedImageSequence', { ReferencedImageSequence: null }, null],
    [
      'ReferencedImageSequence.ReferencedFrameNumber',
      { ReferencedImageSequence: [{ ReferencedFrameNumber: ['1', '2'] }, {}, { ReferencedFrameNumber: ['3'] }] },
      [1, 2, 3],
    ],
    ['ReferencedImageSequence.ReferencedFrameNumber', { ReferencedImageSequence: [{}] }, undefined],
    ['PatientID', { PatientID: 'of another level' }, 'P1'],
  ])('%s of %j', async (column, attributes, expected) => {
    expect(await cell(column, attributes)).toEqual(expected)
  })

  test.each<[string, JsonValue, string, JsonValue | undefined]>([
    ['(0019,xx0A,ACME)', '1.50 ', 'DS', 1.5],
    ['(0019,xx0A,ACME)', ['1 ', '2 '], 'IS', [1, 2]],
    ['(0019,xx0A,ACME)', '20240229', 'DA', '2024-02-29'],
    ['(0019,xx0A,ACME)', 'AAEC', 'UN', 'AAEC'],
    ['0019120A', 2n ** 63n, 'UV', 2n ** 63n],
    ['(0019,xx0A,OTHER)', 1, 'US', undefined],
  ])('the private %s of %s', async (column, value, vr, expected) => {
    const attributes = { '00190012': 'ACME ', '0019120A': value }
    expect(await cell(column, attributes, { '0019120A': vr })).toEqual(expected)
  })

  test('properties of image sets', async () => {
    const columns = ['datastoreId', 'imageSetId', 'versionId', 'isPrimary', 'frameCount']
    const imageSet = makeImageSet({
      imageSetId,
      versionId: '3',
      instances: { '1.1': { frames: 5 }, '1.2': { frames: 0 } },
    })
    expect(await rowsOf(clientDouble([imageSet]), { columns })).toEqual([
      { datastoreId, imageSetId, versionId: '3', isPrimary: true, frameCount: 5 },
      { datastoreId, imageSetId, versionId: '3', isPrimary: true, frameCount: 0 },
    ])
  })
})

/** Two studies. The first one has two series, and two overlapping image sets contain one of them. */
function imageSets(): ImageSetDouble[] {
  const series = [
    ['a', '1.2', '1.2.1', ['1', '2']],
    ['b', '1.3', '1.3.1', ['3']],
    ['c', '1.2', '1.2.2', ['4']],
    ['d', '1.2', '1.2.1', ['2', '5']],
  ] as const
  return series.map(([letter, studyInstanceUid, seriesInstanceUid, uids]) => {
    const instances = Object.fromEntries(uids.map((uid) => [uid, { rows: uid === '5' ? 8 : 4 }]))
    const isPrimary = letter !== 'd'
    return makeImageSet({ imageSetId: letter.repeat(32), isPrimary, studyInstanceUid, seriesInstanceUid, instances })
  })
}

describe('rows', () => {
  test('has each instance once', async () => {
    const rows = await rowsOf(clientDouble(imageSets()), { columns: ['SOPInstanceUID'], nonPrimary: 'include' })
    expect(rows.map((row) => row['SOPInstanceUID'])).toEqual(['1', '2', '3', '4', '5'])
  })

  test('a row for each series, with the values of its first instance and the names of those that differ', async () => {
    const columns = [
      'SeriesInstanceUID',
      'Rows',
      'Columns',
      'NumberOfSeriesRelatedInstances',
      'frameCount',
      'differingColumns',
    ]
    const rows = await rowsOf(clientDouble(imageSets()), { columns, level: 'series', nonPrimary: 'include' })
    const one = { Rows: 4, Columns: 4, NumberOfSeriesRelatedInstances: 1, frameCount: 1, differingColumns: [] }
    expect(rows).toEqual([
      {
        ...one,
        SeriesInstanceUID: '1.2.1',
        NumberOfSeriesRelatedInstances: 3,
        frameCount: 3,
        differingColumns: ['Rows'],
      },
      { ...one, SeriesInstanceUID: '1.3.1' },
      { ...one, SeriesInstanceUID: '1.2.2' },
    ])
  })

  test('a row for each study', async () => {
    const counts = [
      'NumberOfStudyRelatedSeries',
      'NumberOfStudyRelatedInstances',
      'ModalitiesInStudy',
      'SOPClassesInStudy',
    ]
    const columns = ['StudyInstanceUID', ...counts]
    const rows = await rowsOf(clientDouble(imageSets()), { columns, level: 'study' })
    const same = { ModalitiesInStudy: ['OT'], SOPClassesInStudy: ['1.2.840.10008.5.1.4.1.1.7'] }
    expect(rows).toEqual([
      { StudyInstanceUID: '1.2', NumberOfStudyRelatedSeries: 2, NumberOfStudyRelatedInstances: 3, ...same },
      { StudyInstanceUID: '1.3', NumberOfStudyRelatedSeries: 1, NumberOfStudyRelatedInstances: 1, ...same },
    ])
  })

  test('more series than fit into memory', async () => {
    const many = Array.from({ length: 600 }, (_, index) =>
      makeImageSet({
        imageSetId: String(index).padStart(32, '0'),
        studyInstanceUid: `1.2.${index % 300}`,
        seriesInstanceUid: `1.3.${index % 300}`,
        instances: { [`1.4.${index}`]: { rows: index } },
      }),
    )
    const columns = ['SeriesInstanceUID', 'Rows', 'NumberOfSeriesRelatedInstances', 'differingColumns']
    await using exporter = createExporter({
      client: clientDouble(many),
      frameDecoder: decoderDouble(),
      maxMemory: 1 << 20,
    })
    const rows = await collect(exporter.table({ datastoreId, selectors: 'all', level: 'series', columns }))
    expect(rows).toEqual(
      Array.from({ length: 300 }, (_, index) => ({
        SeriesInstanceUID: `1.3.${index}`,
        Rows: index,
        NumberOfSeriesRelatedInstances: 2,
        differingColumns: ['Rows'],
      })),
    )
  })

  test('filters keep some instances', async () => {
    const filters = [parseFilter('SOPInstanceUID!=1')]
    const columns = ['SeriesInstanceUID', 'NumberOfSeriesRelatedInstances']
    const [first] = await rowsOf(clientDouble(imageSets()), { columns, level: 'series', filters })
    expect(first).toEqual({ SeriesInstanceUID: '1.2.1', NumberOfSeriesRelatedInstances: 1 })
  })

  test('unreadable image sets are reported and left out', async () => {
    const failures: ErrorEntry[] = []
    const client = clientDouble(imageSets(), {
      async metadata(id) {
        if (id.startsWith('b')) throw new TypeError('no document')
      },
    })
    const rows = await rowsOf(client, {
      columns: ['SOPInstanceUID'],
      onFailure: (failure) => void failures.push(failure),
    })
    expect(rows).toHaveLength(3)
    expect(failures).toMatchObject([{ imageSetId: 'b'.repeat(32) }])
    await expect(rowsOf(client, { columns: ['SOPInstanceUID'] })).rejects.toThrow('no document')
  })

  test('ends with its signal, and with the exporter', async () => {
    const stop = new AbortController()
    const exporter = createExporter({ client: clientDouble(imageSets()), frameDecoder: decoderDouble() })
    for (const end of [() => stop.abort(new Error('stopped')), () => void exporter.close()]) {
      const rows = exporter.table({ datastoreId, selectors: 'all', signal: stop.signal })
      await expect(async () => {
        for await (const _ of rows) end()
      }).rejects.toThrow(/stopped|closed/)
    }
    await exporter.close()
  })
})

describe('columns', () => {
  test('have types', () => {
    const columns = ['Rows', 'SliceThickness', 'PixelSpacing', 'StudyDate', 'PatientName', '00091001', 'LUTData']
    const others = ['ReferencedImageSequence', 'ReferencedImageSequence.ReferencedSOPInstanceUID', 'isPrimary']
    const shapes = tableColumns({ columns: [...columns, ...others] }).map(
      ({ type, isList }) => `${type}${isList ? '[]' : ''}`,
    )
    expect(shapes.slice(0, 7)).toEqual(['int32', 'double', 'double[]', 'date', 'string', 'mixed', 'mixed'])
    expect(shapes.slice(7)).toEqual(['json', 'string[]', 'boolean'])
  })

  test.each(['instance', 'series', 'study'] as const)('of rows of %s describe no patient by default', (level) => {
    const names = tableColumns({ level }).map(({ name }) => name)
    expect(names.filter((name) => /Patient|Description|Name|Comments|Accession/.test(name))).toEqual([])
  })

  test.each([
    ['Nope'],
    [''],
    ['Modality.Nope'],
    ['differingColumns'],
    ['__proto__'],
    ['constructor'],
    ['Rows', 'Rows'],
    ['PatientID', '00100020'],
    [],
  ])('rejects %j', (...columns: string[]) => {
    expect(() => tableColumns({ columns })).toThrow(ColumnError)
  })

  test('are listed with commas', () => {
    expect(splitColumns('PatientID, (0010,0010),(0019,xx0A,A,B).Rows,')).toEqual([
      'PatientID',
      '(0010,0010)',
      '(0019,xx0A,A,B).Rows',
      '',
    ])
    expect(splitColumns('Rows')).toEqual(['Rows'])
    expect(splitColumns('(0019,xx0A,"A),B"),Rows')).toEqual(['(0019,xx0A,"A),B")', 'Rows'])
  })
})
