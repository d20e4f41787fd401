import { describe, expect, test } from 'vitest'
import * as fc from 'fast-check'
import { encodePart10 } from '@ahi-dicom/dicomizer'
import { tags } from '@ahi-dicom/dicom-standard'
import { textDecoding } from '@ahi-dicom/dicom-standard/character-sets'
import { lookUpTag } from '@ahi-dicom/dicom-standard/dictionary'
import { elementValues, readPart10, type DataSet } from '@ahi-dicom/dicom-standard/reader'
import {
  mediaLayout,
  missingKeys,
  directoryEntry,
  verifyExport,
  type Destination,
  type ExportDescription,
  type OutputMode,
} from '@ahi-dicom/export-files'
import { storageSopClassUid } from '@ahi-dicom/dicom-standard/sop-classes'
import { instanceDouble, type InstanceDouble } from './instance-double.ts'
import { memoryDestination, without, type MemoryDestination } from './memory-destination.ts'
import { openExport } from './open-export.ts'

const description: ExportDescription = {
  product: { name: 'test', version: '1' },
  datastoreId: instanceDouble().datastoreId,
  files: {
    formats: [{ name: 'dcm' }],
    transferSyntax: 'explicit',
    source: 'frames',
    headerOnly: false,
    layout: mediaLayout,
    dicomdir: true,
  },
}

const { dicomdir: _, ...otherFiles } = description.files
const withoutDicomdir: ExportDescription = { ...description, files: otherFiles }

interface Run {
  readonly destination?: MemoryDestination
  readonly mode?: OutputMode
  readonly description?: ExportDescription
  readonly remove?: readonly string[]
}

/** Exports instances and writes the DICOMDIR. Returns the files that are not listed. */
async function exportAll(instances: readonly InstanceDouble[], run: Run = {}) {
  const { destination = memoryDestination(), mode = 'new', remove = [] } = run
  const options = { layout: mediaLayout, mode, description: run.description ?? description }
  await using running = await openExport(destination, options)
  for (const instance of instances) await running.export(instanceDouble(instance))
  if (remove.length > 0) await running.record.removeFiles(remove)
  await running.flush()
  await running.record.finish({ isComplete: true })
  const unlisted = options.description.files.dicomdir === true ? await running.record.writeDicomdir() : []
  await running.record.close({ outcome: 'complete' })
  return { destination, unlisted: unlisted.map(({ path }) => path) }
}

/** A directory record and the records below it. */
interface Entry {
  readonly keys: Readonly<Record<string, unknown>>
  readonly below: readonly Entry[]
}

/** Reads the records of a DICOMDIR by following its offsets. */
function readDicomdir(bytes: Uint8Array): readonly Entry[] {
  const file = readPart10(bytes)
  const items = file.dataSet.get(tags.directoryRecordSequence)?.items ?? []
  const lengths = itemLengths(bytes, items.length)
  const records = new Map(items.map((item, index) => [lengths[index] ?? -1, keysOf(item)]))
  const reached = new Set<number>()

  function listFrom(first: unknown): readonly Entry[] {
    const entries: Entry[] = []
    for (let offset = Number(first); offset !== 0;) {
      const keys = records.get(offset)
      if (keys === undefined || reached.has(offset)) throw new Error(`no record, or a second time, at ${offset}`)
      reached.add(offset)
      const { OffsetOfTheNextDirectoryRecord: next, OffsetOfReferencedLowerLevelDirectoryEntity: lower, ...rest } = keys
      expect(rest['RecordInUseFlag']).toBe(0xffff)
      entries.push({ keys: rest, below: listFrom(lower) })
      offset = Number(next)
    }
    return entries
  }

  const head = keysOf(file.dataSet)
  const entries = listFrom(head['OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity'])
  expect(reached.size).toBe(items.length)
  return entries
}

/** Returns the offsets of the items of the last sequence in a file. */
function itemLengths(bytes: Uint8Array, count: number): readonly number[] {
  const file = Buffer.from(bytes)
  let offset = file.indexOf(Buffer.from([0x04, 0x00, 0x20, 0x12, 0x53, 0x51])) + 12
  return Array.from({ length: count }, () => {
    const start = offset
    offset += 8 + file.readUInt32LE(offset + 4)
    return start
  })
}

function keysOf(dataSet: DataSet): Record<string, unknown> {
  const terms = dataSet.get(tags.specificCharacterSet)
  const decoding = textDecoding(
    terms === undefined ? [] : Buffer.from(terms.value).toString('latin1').trim().split('\\'),
  )
  const keys: Record<string, unknown> = {}
  for (const [tag, element] of dataSet) {
    if (tag === tags.directoryRecordSequence) continue
    const values = (elementValues(element, element.vr, decoding) ?? []).map((value) =>
      typeof value === 'string' ? value.replace(/[\0 ]+$/, '') : value,
    )
    const keyword = lookUpTag(tag)?.keyword ?? ''
    keys[keyword] = element.items === undefined ? (values.length > 1 ? values : values[0]) : element.items.map(keysOf)
  }
  return keys
}

function listed(entries: readonly Entry[]): readonly string[] {
  return entries.flatMap(({ keys, below }) => {
    const path = keys['ReferencedFileID']
    return [...(Array.isArray(path) ? [path.join('/')] : []), ...listed(below)]
  })
}

function dicomdirOf({ files }: MemoryDestination): readonly Entry[] {
  const bytes = files.get('DICOMDIR')
  if (bytes === undefined) throw new Error('there is no DICOMDIR')
  return readDicomdir(bytes)
}

async function problemsOf(destination: Destination): Promise<readonly string[]> {
  const problems: string[] = []
  for await (const event of verifyExport(destination)) {
    if (event.kind === 'problem') problems.push(`${event.path}: ${event.problem}`)
  }
  return problems
}

const attributes = {
  PatientName: 'DOE^JANE',
  PatientID: 'P1',
  StudyDate: '20260102',
  StudyTime: '101112',
  StudyID: 'S1',
  Modality: 'CT',
  SeriesNumber: '3',
  InstanceNumber: '4',
  Rows: 2,
}

function contentItem(RelationshipType: string, TextValue: string) {
  return { RelationshipType, ValueType: 'TEXT', TextValue }
}

describe('a DICOMDIR', () => {
  test('has a record at each level, with the keys of PS3.3 F.5', async () => {
    const { destination } = await exportAll([{ attributes }])
    expect(dicomdirOf(destination)).toMatchObject([
      {
        keys: { DirectoryRecordType: 'PATIENT', PatientName: 'DOE^JANE', PatientID: 'P1' },
        below: [
          {
            keys: {
              DirectoryRecordType: 'STUDY',
              StudyDate: '20260102',
              StudyTime: '101112',
              StudyID: 'S1',
              StudyInstanceUID: '1.2.3',
              StudyDescription: undefined,
              AccessionNumber: undefined,
            },
            below: [
              {
                keys: {
                  DirectoryRecordType: 'SERIES',
                  Modality: 'CT',
                  SeriesInstanceUID: '1.2.3.4',
                  SeriesNumber: '3',
                },
                below: [
                  {
                    keys: {
                      DirectoryRecordType: 'IMAGE',
                      InstanceNumber: '4',
                      ReferencedSOPClassUIDInFile: '1.2.840.10008.5.1.4.1.1.2',
                      ReferencedSOPInstanceUIDInFile: '1.2.3.4.5',
                      ReferencedTransferSyntaxUIDInFile: '1.2.840.10008.1.2.1',
                    },
                    below: [],
                  },
                ],
              },
            ],
          },
        ],
      },
    ])
    expect(listed(dicomdirOf(destination))).toEqual([...destination.files.keys()].filter((path) => path !== 'DICOMDIR'))
  })

  test('has invented values for missing keys, different for each patient and study', async () => {
    const { destination } = await exportAll([
      { studyInstanceUid: '1.1', seriesInstanceUid: '1.1.1', sopInstanceUid: '1.1.1.1', attributes: { Rows: 1 } },
      { studyInstanceUid: '1.1', seriesInstanceUid: '1.1.2', sopInstanceUid: '1.1.2.1', attributes: { Rows: 1 } },
      { studyInstanceUid: '1.2', seriesInstanceUid: '1.2.1', sopInstanceUid: '1.2.1.1', attributes: { Rows: 1 } },
    ])
    const patients = dicomdirOf(destination)
    const ids = patients.map(({ keys }) => keys['PatientID'])
    expect(ids).toEqual([expect.stringMatching(/^AHI-[0-9a-f]{8}$/), expect.stringMatching(/^AHI-[0-9a-f]{8}$/)])
    expect(new Set(ids).size).toBe(2)
    const studies = patients.flatMap(({ below }) => below)
    expect(studies.map(({ keys }) => keys)).toMatchObject([
      { StudyID: '1', StudyDate: '19000101', StudyTime: '000000' },
      { StudyID: '1', StudyDate: '19000101', StudyTime: '000000' },
    ])
    const numbers = studies.map(({ below }) => below.map(({ keys }) => [keys['SeriesNumber'], keys['Modality']]))
    expect(numbers.toSorted((a, b) => a.length - b.length)).toEqual([
      [['1', 'OT']],
      [
        ['1', 'OT'],
        ['2', 'OT'],
      ],
    ])
  })

  test('has the record type of each kind of instance, at the root for those without a patient', async () => {
    const classes = ['RTDose', 'KeyObjectSelectionDocument', 'EncapsulatedPDF', 'RawData', 'HangingProtocol'] as const
    const instances = classes.map((name, index) => ({
      sopClassUid: storageSopClassUid(`${name}Storage`) ?? '',
      sopInstanceUid: `1.2.3.4.${index}`,
      attributes: { PatientID: 'P1' },
    }))
    const other = { sopClassUid: '1.3.12.2.1107.5.9.1', sopInstanceUid: '1.2.3.4.9', attributes: { PatientID: 'P1' } }
    const { destination } = await exportAll([...instances, other])
    const types = (entries: readonly Entry[]): unknown[] =>
      entries.map(({ keys, below }) => [keys['DirectoryRecordType'], ...types(below)])
    expect(types(dicomdirOf(destination))).toEqual([
      ['PATIENT', ['STUDY', ['SERIES', ['ENCAP DOC'], ['KEY OBJECT DOC'], ['PRIVATE'], ['RAW DATA'], ['RT DOSE']]]],
      ['HANGING PROTOCOL'],
    ])
    const privates = JSON.stringify(dicomdirOf(destination))
    expect(privates).toContain('"PrivateRecordUID":"1.3.12.2.1107.5.9.1"')
  })

  test('keeps the title of a report and its modifiers, and no other content', async () => {
    const code = { CodeValue: '121180', CodingSchemeDesignator: 'DCM', CodeMeaning: 'Key Images' }
    const { destination } = await exportAll([
      {
        sopClassUid: storageSopClassUid('EnhancedSRStorage') ?? '',
        attributes: {
          ...attributes,
          CompletionFlag: 'COMPLETE',
          VerificationFlag: 'VERIFIED',
          ContentDate: '20260102',
          ContentTime: '1011',
          ConceptNameCodeSequence: [code],
          VerifyingObserverSequence: [
            { VerificationDateTime: '20260103' },
            { VerificationDateTime: '20260105' },
            { VerificationDateTime: '20260104' },
          ],
          ContentSequence: [contentItem('HAS CONCEPT MOD', 'of the left'), contentItem('CONTAINS', 'a finding')],
        },
      },
    ])
    const text = JSON.stringify(dicomdirOf(destination))
    expect(text).toContain('"CodeMeaning":"Key Images"')
    expect(text).toContain('"VerificationDateTime":"20260105"')
    expect(text).toContain('of the left')
    expect(text).not.toContain('a finding')
  })

  test.each([
    [['ISO_IR 100'], 'Müller^Jürgen'],
    [['ISO_IR 192'], '山田^太郎'],
    [['ISO_IR 100'], '山田^太郎'],
    [undefined, 'Müller^Jürgen'],
  ])('writes text of %o', async (characterSet, name) => {
    const { destination } = await exportAll([
      { attributes: { ...attributes, ...(characterSet && { SpecificCharacterSet: characterSet }), PatientName: name } },
    ])
    expect(dicomdirOf(destination)[0]?.keys['PatientName']).toBe(name)
  })

  test('does not depend on the order of instances', async () => {
    const instances = Array.from({ length: 12 }, (_, index) => ({
      seriesInstanceUid: `1.2.3.${index % 3}`,
      sopInstanceUid: `1.2.3.4.${index}`,
      attributes: { ...attributes, InstanceNumber: String(index) },
    }))
    const one = await exportAll(instances)
    const other = await exportAll(instances.toReversed())
    expect(other.destination.files.get('DICOMDIR')).toEqual(one.destination.files.get('DICOMDIR'))
  })

  test('lists every file, for arbitrary exports', async () => {
    const few = fc.constantFrom('1.1', '1.2', '1.3/4', '')
    const instance = fc.record({
      studyInstanceUid: few,
      seriesInstanceUid: few,
      sopInstanceUid: fc.stringMatching(/^1\.2\.[1-9]{1,4}$/),
      PatientID: fc.constantFrom('', 'P1', 'P/2', 'É'),
      InstanceNumber: fc.constantFrom('', '1', '20', 'x'),
    })
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(instance, { selector: ({ sopInstanceUid }) => sopInstanceUid }), async (all) => {
        const { destination, unlisted } = await exportAll(
          all.map(({ PatientID, InstanceNumber, ...uids }) => ({
            ...uids,
            attributes: { PatientID, InstanceNumber, Rows: 1 },
          })),
        )
        const paths = [...destination.files.keys()].filter((path) => path !== 'DICOMDIR')
        expect(unlisted).toEqual([])
        expect(destination.files.has('DICOMDIR')).toBe(all.length > 0)
        const entries = all.length > 0 ? dicomdirOf(destination) : []
        expect(listed(entries).toSorted()).toEqual(paths.toSorted())
      }),
      { numRuns: 60 },
    )
  })
})

describe('the DICOMDIR of a resumed export', () => {
  const second = { sopInstanceUid: '1.2.3.4.6', attributes }

  test('lists the files of all runs except removed ones', async () => {
    const { destination } = await exportAll([{ attributes }])
    const [path = ''] = destination.files.keys()
    await exportAll([second], { destination, mode: 'resume' })
    expect(listed(dicomdirOf(destination))).toHaveLength(2)
    await exportAll([], { destination, mode: 'resume', remove: [path] })
    expect(listed(dicomdirOf(destination))).toHaveLength(1)
    expect(await problemsOf(destination)).toEqual([])
    const [other = ''] = listed(dicomdirOf(destination))
    await exportAll([], { destination, mode: 'resume', remove: [other] })
    expect([...destination.files.keys()]).toEqual([])
  })

  test('reads the keys of files that were written without a DICOMDIR', async () => {
    const fields = { PatientID: 'P2', PatientName: 'Müller', InstanceNumber: '7', StudyID: 'S', Rows: 1, Columns: 1 }
    const uids = { StudyInstanceUID: '1.2.3', SeriesInstanceUID: '1.2.3.4', SOPInstanceUID: '1.2.3.4.5' }
    const classes = { SOPClassUID: '1.2.840.10008.5.1.4.1.1.2', SpecificCharacterSet: 'ISO_IR 100' }
    const chunks = [
      encodePart10({ attributes: { ...fields, ...uids, ...classes }, pixelData: new Uint8Array(200_000) }),
    ]
    const { destination } = await exportAll([{ chunks, attributes }], { description: withoutDicomdir })
    expect(destination.files.has('DICOMDIR')).toBe(false)
    const { unlisted } = await exportAll([second], { destination, mode: 'resume' })
    expect(unlisted).toEqual([])
    const text = JSON.stringify(dicomdirOf(destination))
    expect(listed(dicomdirOf(destination))).toHaveLength(2)
    expect(text).toContain('"InstanceNumber":"7"')
    expect(text).toContain('Müller')
  })

  test.each([
    ['is no DICOM file', (destination: MemoryDestination): Destination => destination],
    ['cannot be read', (destination: MemoryDestination): Destination => without(destination, 'read')],
  ])('returns a file that was written without a DICOMDIR and %s', async (_, seen) => {
    const { destination } = await exportAll([{ attributes }], { description: withoutDicomdir })
    const [path] = destination.files.keys()
    const options = { layout: mediaLayout, mode: 'resume', description } as const
    await using running = await openExport(seen(destination), options)
    await running.export(instanceDouble(second))
    expect((await running.record.writeDicomdir()).map((file) => file.path)).toEqual([path])
    expect(listed(dicomdirOf(destination))).toHaveLength(1)
  })

  test('is required if the export has one', async () => {
    const { destination } = await exportAll([{ attributes }])
    const resumed = exportAll([second], { destination, mode: 'resume', description: withoutDicomdir })
    await expect(resumed).rejects.toMatchObject({
      code: 'OUTPUT_DIFFERENT',
      message: expect.stringContaining('dicomdir: recorded true, asked none'),
    })
  })

  test('is removed if the export is written again without one', async () => {
    const { destination } = await exportAll([{ attributes }])
    await exportAll([{ attributes }], { destination, mode: 'overwrite', description: withoutDicomdir })
    expect(destination.files.has('DICOMDIR')).toBe(false)
    expect(await problemsOf(destination)).toEqual([])
  })
})

test('a new export does not replace the DICOMDIR of another File-set', async () => {
  const destination = memoryDestination()
  destination.files.set('DICOMDIR', Buffer.from('of a CD'))
  const size = async (path: string) => destination.files.get(path)?.byteLength
  const refused = openExport({ ...destination, size }, { layout: mediaLayout, description })
  await expect(refused).rejects.toMatchObject({ code: 'OUTPUT_EXISTS', message: expect.stringContaining('DICOMDIR') })
  await openExport({ ...destination, size }, { layout: mediaLayout, description: withoutDicomdir })
})

describe('verification', () => {
  test.each([
    ['changed', (bytes: Buffer) => bytes.fill(1, 0, 1), 'DICOMDIR: hash'],
    ['cut', (bytes: Buffer) => bytes.subarray(1), 'DICOMDIR: size'],
    ['removed', () => undefined, 'DICOMDIR: missing'],
  ])('reports a DICOMDIR that was %s', async (_, damage, problem) => {
    const { destination } = await exportAll([{ attributes }])
    expect(await problemsOf(destination)).toEqual([])
    const damaged = damage(Buffer.from(destination.files.get('DICOMDIR') ?? []))
    if (damaged === undefined) destination.files.delete('DICOMDIR')
    else destination.files.set('DICOMDIR', damaged)
    expect(await problemsOf(destination)).toEqual([problem])
  })

  test('reports a DICOMDIR that is not part of the export', async () => {
    const { destination } = await exportAll([{ attributes }], { description: withoutDicomdir })
    destination.files.set('DICOMDIR', Buffer.from('something'))
    expect(await problemsOf(destination)).toEqual(['DICOMDIR: unlisted'])
  })
})

test('missingKeys returns the keys that an instance lacks', () => {
  expect(missingKeys(directoryEntry(instanceDouble({ attributes })))).toEqual(['SeriesInstanceUID'])
  expect(missingKeys(directoryEntry(instanceDouble({ attributes: { SeriesInstanceUID: '1' } })))).toEqual([
    'PatientID',
    'StudyDate',
    'StudyTime',
    'StudyID',
    'Modality',
    'SeriesNumber',
  ])
})
