import { diffFolders, type DiffEvent, type DiffOptions, type FileFolder } from '@ahi-dicom/dicom-diff'
import { bytesInMemory } from '@ahi-dicom/dicom-standard/reader'
import { describe, expect, test } from 'vitest'
import { encapsulatedImage, nativeImage, withElement } from './support/test-image.ts'
import { text, writeDicom, type TestElement } from './support/write-dicom.ts'

const pixels = new Uint8Array(48)

describe('diffFolders', () => {
  test('matches instances by SOP Instance UID, whatever their paths', async () => {
    const a = { 'x/1.dcm': image('1.1'), 'x/y/2': image('1.2') }
    const b = { '1.2.dcm': image('1.2'), 'deep/er/1.1.dcm': image('1.1') }
    const { problems, summary } = await diff(a, b)
    expect(problems).toEqual([])
    expect(summary).toMatchObject({ schemaVersion: 1, compared: 2, equal: 2, isEqual: true, instances: { a: 2, b: 2 } })
  })

  test('reports missing, extra, duplicate, damaged and non-DICOM files', async () => {
    const damaged = image('1.9').subarray(0, -10)
    const a = {
      '1': image('1.1'),
      '2': image('1.2'),
      '9': image('1.9'),
      'a.txt': Buffer.from('text'),
      DICOMDIR: writeDicom([]),
    }
    const b = { '1': image('1.1'), '3': image('1.3'), '9': damaged, '1 again': image('1.1') }
    const { problems, summary } = await diff(a, b)
    expect(problems).toMatchObject([
      { kind: 'left-out', side: 'a', path: 'a.txt', reason: 'it is not DICOM' },
      { kind: 'left-out', side: 'a', path: 'DICOMDIR', reason: 'it has no SOPInstanceUID' },
      { kind: 'duplicate', side: 'b', sopInstanceUid: '1.1', path: '1 again', comparedPath: '1' },
      { kind: 'missing', sopInstanceUid: '1.2', path: '2' },
      { kind: 'unreadable', side: 'b', path: '9', reason: expect.stringContaining('truncated') },
      { kind: 'extra', sopInstanceUid: '1.3', path: '3' },
    ])
    expect(summary).toMatchObject({
      missing: 1,
      extra: 1,
      duplicates: 1,
      unreadable: 1,
      leftOut: 2,
      equal: 1,
      isEqual: false,
    })
  })

  test.each([
    ['missing', { '1': image('1.1'), '2': image('1.2') }, { '1': image('1.1') }, false],
    ['extra', { '1': image('1.1') }, { '1': image('1.1'), '2': image('1.2') }, false],
    ['duplicate', { '1': image('1.1'), '2': image('1.1') }, { '1': image('1.1') }, false],
    ['left-out', { '1': image('1.1'), '2': Buffer.from('text') }, { '1': image('1.1') }, true],
    ['unreadable', { '1': image('1.1') }, { '1': image('1.1'), '2': image('1.2').subarray(0, 140) }, false],
  ])('a file that is %s decides isEqual', async (kind, a, b, isEqual) => {
    const { problems, summary } = await diff(a, b)
    expect(problems.map((problem) => problem.kind)).toEqual([kind])
    expect(summary.isEqual).toBe(isEqual)
  })

  test.each([
    ['first', 'Clinic A', 1],
    ['second', 'Clinic B', 1],
    ['neither', 'Clinic C', 0],
  ])('compares with both originals of one UID; the export has the %s', async (_, name, equal) => {
    const { problems, summary } = await diff({ '1': madeAt('Clinic A'), '2': madeAt('Clinic B') }, { x: madeAt(name) })
    expect(summary).toMatchObject({ compared: 1, equal, different: 1 - equal, duplicates: 1 })
    const differences = problems.filter(({ kind }) => kind === 'difference')
    expect(differences).toMatchObject(equal === 1 ? [] : [{ a: '1', b: 'x', attribute: 'InstitutionName' }])
  })

  test('counts normalisations separately, and as differences if isStrict', async () => {
    const padded = writeDicom([...elements('1.1'), text(0x00080080, 'LO', 'Clinic  ')])
    const trimmed = writeDicom([...elements('1.1'), text(0x00080080, 'LO', 'Clinic')])
    const lenient = await diff({ '1': padded }, { '1': trimmed })
    expect(lenient.problems).toEqual([])
    expect(lenient.summary).toMatchObject({ isEqual: true, differences: 0, normalised: { padding: 1 } })
    const strict = await diff({ '1': padded }, { '1': trimmed }, { isStrict: true })
    expect(strict.problems).toMatchObject([
      { kind: 'difference', attribute: 'InstitutionName', normalisation: 'padding' },
    ])
    expect(strict.summary).toMatchObject({ isEqual: false, different: 1 })
  })

  test('reports pixels that could not be compared', async () => {
    const { problems, summary } = await diff({ '1': jpegXl(1) }, { '1': jpegXl(2) })
    expect(problems).toMatchObject([
      { kind: 'not-compared', sopInstanceUid: '1.1', reason: expect.stringContaining('JPEG XL') },
    ])
    expect(summary).toMatchObject({ notCompared: 1, equal: 0, different: 0, isEqual: false })
  })

  test('explains a value that another instance of the series has', async () => {
    const a = { '1': station('1.1', 'ONE '), '2': station('1.2', 'TWO ') }
    const kept = await diff(a, { '1': station('1.1', 'ONE '), '2': station('1.2', 'ONE ') })
    expect(kept.problems).toEqual([])
    expect(kept.summary).toMatchObject({ normalised: { 'one-value': 1 }, isEqual: true })
    const foreign = await diff(a, { '1': station('1.1', 'ONE '), '2': station('1.2', 'SIX ') })
    expect(foreign.problems).toMatchObject([{ kind: 'difference', sopInstanceUid: '1.2', attribute: 'StationName' }])
    const ofInstances = 0x00080008
    const b = { '1': station('1.1', 'ONE ', ofInstances), '2': station('1.2', 'ONE ', ofInstances) }
    const own = await diff({ '1': station('1.1', 'ONE ', ofInstances), '2': station('1.2', 'TWO ', ofInstances) }, b)
    expect(own.problems).toMatchObject([{ attribute: 'ImageType' }])
  })

  describe('with the record of an export in one folder', () => {
    /** The record decides, because originals may have been written by this product too. */
    const originals = { '1': modality('1.1', 'CT'), '2': modality('1.2', 'CT'), '3': modality('1.3', 'MR') }
    const exported = { '1': modality('1.1', 'CT'), '2': modality('1.2', 'CT'), '3': modality('1.3', 'CT') }
    const changed = { '1': modality('1.1', 'CT'), '2': modality('1.2', 'MR'), '3': modality('1.3', 'CT') }

    test.each(['the export first', 'the originals first'])('explains a shared value: %s', async (order) => {
      const { problems, summary } = await inOrder(order, exported, originals)
      expect(problems).toEqual([])
      expect(summary).toMatchObject({ isEqual: true, normalised: { 'one-value': 1 } })
    })

    test.each(['the export first', 'the originals first'])('does not explain a changed value: %s', async (order) => {
      const { problems, summary } = await inOrder(order, changed, exported)
      expect(problems).toMatchObject([{ kind: 'difference', sopInstanceUid: '1.2', attribute: 'Modality' }])
      expect(summary).toMatchObject({ isEqual: false, normalised: {} })
    })

    test.each([
      ['both have a record', true],
      ['none has one, and both were written by this product', undefined],
    ])('does not use other instances if %s', async (_, isExport) => {
      const both = { a: isExport, b: isExport }
      for (const [a, b] of [
        [changed, exported],
        [exported, changed],
      ] as const) {
        const { problems } = await diff(a, b, {}, both)
        expect(problems).toMatchObject([{ kind: 'difference', sopInstanceUid: '1.2', attribute: 'Modality' }])
      }
    })
  })

  test('does not report a file as damaged if its folder fails otherwise', async () => {
    const broken: FileFolder = {
      ...folderOf({ '1': image('1.1') }),
      open: () =>
        Promise.reject(Object.assign(new Error('EACCES: permission denied, open /home/jane/1'), { code: 'EACCES' })),
    }
    const events = await collect(diffFolders(folderOf({ '1': image('1.1') }), broken))
    expect(events).toMatchObject([
      { kind: 'unreadable', side: 'b', path: '1', reason: 'it cannot be read: EACCES' },
      { kind: 'missing' },
      { kind: 'summary' },
    ])
  })

  test('opens one pair at a time and leaves no file open', async () => {
    const files = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`${index}`, image(`1.${index}`)]))
    let open = 0
    let most = 0
    const counting = (folder: FileFolder): FileFolder => ({
      ...folder,
      async open(path) {
        open += 1
        most = Math.max(most, open)
        const file = await folder.open(path)
        return { ...file, close: async () => void (open -= 1) }
      },
    })
    const events = await collect(diffFolders(counting(folderOf(files)), counting(folderOf(files))))
    expect(events.at(-1)).toMatchObject({ equal: 50 })
    expect({ open, isBounded: most <= 8 }).toEqual({ open: 0, isBounded: true })
  })

  test('compares nothing if the folders have no instances', async () => {
    const { summary } = await diff({ 'a.txt': Buffer.from('text') }, {})
    expect(summary).toMatchObject({ instances: { a: 0, b: 0 }, compared: 0, leftOut: 1 })
  })
})

function elements(sopInstanceUid: string): readonly TestElement[] {
  return nativeImage(pixels, { sopInstanceUid })
}

function image(sopInstanceUid: string): Buffer {
  return writeDicom(elements(sopInstanceUid))
}

type Files = Readonly<Record<string, Uint8Array>>

function folderOf(files: Files, isExport?: boolean): FileFolder {
  return {
    name: 'folder',
    ...(isExport !== undefined && { isExport: async () => isExport }),
    list: () => Object.entries(files).map(([path, { byteLength }]) => ({ path, byteLength })),
    open: async (path) => ({ ...bytesInMemory(files[path] ?? new Uint8Array(0)), close: async () => {} }),
  }
}

async function collect(events: AsyncIterable<DiffEvent>): Promise<DiffEvent[]> {
  const all: DiffEvent[] = []
  for await (const event of events) all.push(event)
  return all
}

async function diff(
  a: Files,
  b: Files,
  options: DiffOptions = {},
  isExport: { readonly a?: boolean | undefined; readonly b?: boolean | undefined } = {},
): Promise<{ problems: DiffEvent[]; summary: Extract<DiffEvent, { readonly kind: 'summary' }> }> {
  const events = await collect(diffFolders(folderOf(a, isExport.a), folderOf(b, isExport.b), options))
  const summary = events.at(-1)
  if (summary?.kind !== 'summary') throw new Error('the summary comes last')
  return { problems: events.slice(0, -1).filter(({ kind }) => kind !== 'compared'), summary }
}

/** Compares an export with originals. `isExport` of both folders is known. */
async function inOrder(order: string, output: Files, original: Files): ReturnType<typeof diff> {
  return order === 'the export first'
    ? await diff(output, original, {}, { a: true, b: false })
    : await diff(original, output, {}, { a: false, b: true })
}

const jpegXl = (last: number): Buffer =>
  writeDicom(encapsulatedImage([new Uint8Array(0), Uint8Array.of(0xff, 0x0a, 0, last)], { sopInstanceUid: '1.1' }), {
    transferSyntaxUid: '1.2.840.10008.1.2.4.110',
  })

const station = (uid: string, name: string, attribute = 0x00081010): Buffer =>
  writeDicom(withElement(elements(uid), text(attribute, 'SH', name)))

/** Returns an instance with the Implementation Class UID of this product. */
function modality(uid: string, value: string): Buffer {
  return writeDicom([
    text(0x00020012, 'UI', '2.25.269382197603776125375582921141853311597'),
    ...withElement(elements(uid), text(0x00080060, 'CS', value)),
  ])
}

function madeAt(institution: string): Buffer {
  return writeDicom([...elements('1.1'), text(0x00080080, 'LO', institution)])
}
