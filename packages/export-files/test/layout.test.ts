import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { defaultLayout, LayoutError, maskPath, parseLayout, recordNames } from '@ahi-dicom/export-files'
import type { Attributes } from '../../renderer/test/picture-source-double.ts'
import { instanceDouble } from './instance-double.ts'

function path(template: string, attributes: Attributes = {}): string {
  return parseLayout(template).path(instanceDouble({ attributes }))
}

function codeOf(template: string): string | undefined {
  try {
    parseLayout(template)
  } catch (error) {
    return error instanceof LayoutError ? error.code : String(error)
  }
  return undefined
}

describe('a layout', () => {
  test('is study, series and instance by default', () => {
    expect(parseLayout().template).toBe(defaultLayout)
    expect(path(defaultLayout)).toBe('1.2.3/1.2.3.4/1.2.3.4.5')
  })

  test('mixes keywords and literals', () => {
    const attributes = { PatientID: 'P 1', Modality: 'CT', SeriesNumber: '3' }
    expect(path('out/{PatientID}/{Modality}-{SeriesNumber}/{SOPInstanceUID}', attributes)).toBe(
      'out/P 1/CT-3/1.2.3.4.5',
    )
  })

  test('without the SOP instance UID ends in a hash of it', () => {
    const hashed = path('{PatientID}/{InstanceNumber}', { PatientID: 'P', InstanceNumber: '12' })
    expect(hashed).toMatch(/^P\/12-[0-9a-f]{8}$/)
    const other = instanceDouble({ sopInstanceUid: '1.2.3.4.6', attributes: { PatientID: 'P', InstanceNumber: '12' } })
    expect(parseLayout('{PatientID}/{InstanceNumber}').path(other)).not.toBe(hashed)
  })

  test.each([
    ['{StudyInstanceUID}/{SeriesInstanceUID}/{SOPInstanceUID}', 'out/1.2.dcm', 'out/1.2.dcm'],
    ['out/{Modality}-{SeriesNumber}/{InstanceNumber}', 'out/CT-3/4-0123abcd.dcm', 'out/CT-3/4-0123abcd.dcm'],
    ['{PatientName}/{SOPInstanceUID}', 'DOE^JANE/1.2.dcm', '{PatientName}/1.2.dcm'],
    ['{PatientName}/{SOPInstanceUID}', 'DOE^JANE', '{PatientName}'],
    [
      '{Modality}/of {PatientID}-{StudyDate}/{SOPInstanceUID}',
      'CT/of 1-2/1.2.dcm',
      'CT/of {PatientID}-{StudyDate}/1.2.dcm',
    ],
    ['{SOPInstanceUID}/{SeriesDescription}', '1.2/JANE.DOE-0123abcd-0001.png', '1.2/{SeriesDescription}.png'],
    ['{SOPInstanceUID}/{SeriesDescription}', '1.2/JANE.DOE', '1.2/{SeriesDescription}'],
  ])('"%s": messages show %s as %s', (template, written, shown) => {
    expect(maskPath(written, parseLayout(template).mask)).toBe(shown)
  })

  test('uses the keyword for an absent value, and joins several values', () => {
    expect(path('{PatientID}/{ImageType}/{SOPInstanceUID}', { ImageType: ['ORIGINAL', 'PRIMARY'] })).toBe(
      'PatientID/ORIGINAL_PRIMARY/1.2.3.4.5',
    )
  })

  test.each([
    ['{StudyUid}', 'LAYOUT_KEYWORD_UNKNOWN'],
    ['{}', 'LAYOUT_KEYWORD_UNKNOWN'],
    ['{PatientID', 'LAYOUT_INVALID'],
    ['PatientID}', 'LAYOUT_INVALID'],
    ['{PixelData}', 'LAYOUT_KEYWORD_NOT_TEXT'],
    ['{ReferencedStudySequence}', 'LAYOUT_KEYWORD_NOT_TEXT'],
    ['/{SOPInstanceUID}', 'LAYOUT_INVALID'],
    ['a//{SOPInstanceUID}', 'LAYOUT_INVALID'],
    ['../{SOPInstanceUID}', 'LAYOUT_INVALID'],
    ['con/{SOPInstanceUID}', 'LAYOUT_INVALID'],
    ['a:b/{SOPInstanceUID}', 'LAYOUT_INVALID'],
    ['', 'LAYOUT_INVALID'],
  ])('"%s" is refused with %s', (template, code) => {
    expect(codeOf(template)).toBe(code)
  })
})

describe('a value becomes a name that is valid on every file system', () => {
  test.each([
    ['..', '_'],
    ['../../etc/passwd', '_._.._etc_passwd'],
    ['.hidden', '_hidden'],
    ['CON', '_CON'],
    ['nul.txt', '_nul.txt'],
    ['COM¹', '_COM¹'],
    ['Trailing. . ', 'Trailing'],
    ['a<b>c:d"e|f?g*h\\i/j', 'a_b_c_d_e_f_g_h_i_j'],
    ['tab\there\u202e\u0000', 'tab_here__'],
    ['Ångström', 'Ångström'],
    ['manifest.ndjson', '_manifest.ndjson'],
    ['Warnings.NDJSON', '_Warnings.NDJSON'],
    ['FLUSHED.json', '_FLUSHED.json'],
    ['\u017fummary.json', '_\u017fummary.json'],
    ['export.json', '_export.json'],
    ['manifest\u{fe0f}.ndjson', '_manifest\u{fe0f}.ndjson'],
    ['man\u034fifest.ndjson', '_man\u034fifest.ndjson'],
    ['ｗarnings.ndjson', '_ｗarnings.ndjson'],
    ['\ufb02ushed.json', '_\ufb02ushed.json'],
    ['MANIFE~1.NDJ', 'MANIFE_1.NDJ'],
    ['Summar~12.jso', 'Summar_12.jso'],
    ['Smith~Jones', 'Smith~Jones'],
    ['.ahi-dicom.lock', '_ahi-dicom.lock'],
    ['.AHI-DICOM.LOCK.0123456789ab', '_AHI-DICOM.LOCK.0123456789ab'],
    ['.a.dcm.0123456789ab.part', '_a.dcm.0123456789ab.part'],
    ['ヤマダ^タロウ', 'ヤマダ^タロウ'],
  ])('%j becomes %j', (value, name) => {
    expect(path('{PatientID}/{SOPInstanceUID}', { PatientID: value })).toBe(`${name}/1.2.3.4.5`)
  })

  test.each(Object.values(recordNames))('%s in any case becomes a name that the record does not use', (name) => {
    for (const value of [name, name.toUpperCase(), `${name} `]) {
      const [folder] = path('{PatientID}/{SOPInstanceUID}', { PatientID: value }).split('/')
      expect(folder).toMatch(/^_/)
    }
    expect(codeOf(`${name}/{SOPInstanceUID}`)).toBe('LAYOUT_INVALID')
  })

  test('long values are cut and get a hash', () => {
    const long = path('{PatientID}/{SOPInstanceUID}', { PatientID: 'é'.repeat(300) })
    const other = path('{PatientID}/{SOPInstanceUID}', { PatientID: `${'é'.repeat(300)}2` })
    expect(Buffer.byteLength(long)).toBeLessThanOrEqual(200 + '/1.2.3.4.5'.length)
    expect(long).not.toBe(other)
  })

  test('any value', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.string({ unit: fc.constantFrom('.', ' ', '/', '\\', ':', 'a', '\u0301', '\ud800', '\u0000'), maxLength: 8 }),
      fc.constantFrom('con', 'AUX.tar.gz', 'LPT9 ', 'COM1 .x', '', ' ', '.', '...', '. .'),
    )
    const template = '{PatientID}/x {PatientName}/{InstanceNumber}'
    fc.assert(
      fc.property(text, text, text, (PatientID, PatientName, InstanceNumber) => {
        const names = path(template, { PatientID, PatientName, InstanceNumber }).split('/')
        expect(names).toHaveLength(3)
        for (const name of names) expectSafe(name)
      }),
      { numRuns: 500 },
    )
  })
})

/**
 * Expects a name within the rules of Windows, macOS and Linux; see Microsoft's "Naming Files, Paths, and Namespaces".
 */
function expectSafe(name: string): void {
  expect(name).not.toBe('')
  expect(name).not.toMatch(/[\p{Cc}\p{Cf}<>:"/\\|?*]/u)
  expect(name).not.toMatch(/^[. ]|[. ]$/)
  expect(name).not.toMatch(/^(?:con|prn|aux|nul|com\d|lpt\d)(?:[ .]|$)/i)
  expect(name.isWellFormed()).toBe(true)
  expect(name.normalize('NFC')).toBe(name)
  expect(Buffer.byteLength(name)).toBeLessThanOrEqual(210)
}
