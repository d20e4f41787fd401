import type { ImageSetInstance, AttributeMap } from '@ahi-dicom/ahi-metadata'
import { excludeFilter, FilterError, parseFilter, SelectorError } from '@ahi-dicom/exporter'
import { describe, expect, test } from 'vitest'

/** Values as AHI's documents have them: arrays where the dictionary's VM is not 1, DS and IS as text with their padding. */
const entry: ImageSetInstance = {
  seriesInstanceUid: '1.2.3.4',
  sopInstanceUid: '1.2.3.4.5',
  patient: { PatientID: '007', PatientName: 'Doe^John^^=山田^太郎', PatientBirthDate: null, PatientSex: 'O' },
  study: { StudyInstanceUID: '1.2.3', StudyDate: '20240229', StudyTime: '103000.5', StudyDescription: 'CT, "head" 5*' },
  series: { Modality: 'CT', SeriesNumber: '12 ', SeriesDescription: '' },
  instance: {
    DICOM: {
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
      ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
      SliceThickness: '1.50 ',
      Rows: 512,
      WindowCenter: ['40', '400'],
      AcquisitionDateTime: '20240229103000.25+0100',
      RecommendedDisplayFrameRateInFloat: 0.10000000149011612,
      ExtendedOffsetTable: null,
      '00091001': 'GEMS',
      '00091002': 7,
      '00091003': [{ CodeValue: 'private' }],
      '60020010': 64,
      RequestAttributesSequence: [{ ScheduledProcedureStepID: 'A1' }, { ScheduledProcedureStepID: 'B2' }],
      ReferencedStudySequence: null,
    },
    DICOMVRs: { '00091001': 'LO', '00091002': 'US', '00091003': 'SQ', '60020010': 'US' },
    ImageFrames: [],
  },
}

/** By hand, from docs/selection.md and PS3.5 6.2. */
describe('parseFilter', () => {
  test.each([
    ['Modality=CT'],
    ['Modality=MR,CT'],
    ['Modality = MR , CT'],
    ['Modality=C?'],
    ['Modality=*'],
    ['00080060=CT'],
    ['(0008,0060)=CT'],
    ['Modality!=MR'],
    ['Modality!=MR,PT'],
    ['PatientID=007'],
    ['PatientID=*07'],
    ['PatientName=Doe*'],
    ['PatientName=Doe^John'],
    ['PatientName=山田^??'],
    ['PatientBirthDate='],
    ['PatientBirthDate=19000101,'],
    ['StudyDate=2024-02..2024'],
    ['StudyDate=2024..2024-02'],
    ['AcquisitionDateTime=2024-02-29T10+0100..2024-02-29T09:30Z'],
    ['AcquisitionDateTime=2024-02-29T10+0100..2024-02-29Z'],
    ['PatientBirthDate!=*'],
    ['SeriesDescription='],
    ['BodyPartExamined='],
    ['BodyPartExamined!=HEAD'],
    ['StudyDescription="CT, ""head"" 5*"'],
    ['StudyDescription="CT, "*'],
    ['StudyDate=20240229'],
    ['StudyDate=2024-02-29'],
    ['StudyDate=2024'],
    ['StudyDate=2024-02'],
    ['StudyDate=202402*'],
    ['StudyDate>=20240229'],
    ['StudyDate<=2024-02-29'],
    ['StudyDate<=2024'],
    ['StudyDate>20240228'],
    ['StudyDate<2024-03'],
    ['StudyDate=20240101..20241231'],
    ['StudyDate=..2024-02-29'],
    ['StudyDate=2024..'],
    ['StudyDate=20240101-20241231'],
    ['StudyTime=10:30'],
    ['StudyTime<11'],
    ['StudyTime>10:29:59'],
    ['StudyTime=100000..110000'],
    ['AcquisitionDateTime=2024-02-29'],
    ['AcquisitionDateTime=2024-02-29T09:30Z'],
    ['AcquisitionDateTime<2024-02-29T10:00:00+0000'],
    ['SliceThickness=1.5'],
    ['SliceThickness<=1.5'],
    ['SliceThickness>1'],
    ['SliceThickness=1..2'],
    ['SliceThickness=.5..1.5'],
    ['SliceThickness=1.5*'],
    ['SeriesNumber=12'],
    ['SeriesNumber>9'],
    ['Rows=512'],
    ['Rows>=512'],
    ['Rows=5*'],
    ['RecommendedDisplayFrameRateInFloat>0'],
    ['WindowCenter=400'],
    ['WindowCenter>100'],
    ['ImageType=AXIAL'],
    ['ImageType=LOCALIZER,ORIG*'],
    ['ImageType!=LOCALIZER'],
    ['SOPClassUID=CTImageStorage'],
    ['SOPClassUID=MR Image Storage,CT Image Storage'],
    ['SOPClassUID=1.2.840.10008.5.1.4.1.1.2'],
    ['SOPClassUID=*.1.1.2'],
    ['00091001=GE*'],
    ['00091002=7'],
    ['00091002>6'],
    ['00091003=*'],
    ['00091003.CodeValue=private'],
    ['60020010>60'],
    ['RequestAttributesSequence=*'],
    ['ReferencedStudySequence='],
    ['RequestAttributesSequence.ScheduledProcedureStepID=B2'],
    ['RequestAttributesSequence.00400009=A*'],
  ])('%s matches', (text) => {
    expect(parseFilter(text).matches(entry)).toBe(true)
    expect(excludeFilter(text).matches(entry)).toBe(false)
    expect(parseFilter(`not ${text}`).matches(entry)).toBe(false)
  })

  test.each([
    ['Modality=MR'],
    ['Modality=ct'],
    ['Modality='],
    ['Modality=C'],
    ['Modality!=CT'],
    ['Modality!=MR,C*'],
    ['PatientID=7'],
    ['PatientName=John'],
    ['PatientBirthDate=*'],
    ['PatientBirthDate>1900'],
    ['BodyPartExamined=*'],
    ['StudyDescription=CT*5"*"?'],
    ['StudyDate=2023'],
    ['StudyDate>20240229'],
    ['StudyDate>2024'],
    ['StudyDate<2024-02-29'],
    ['StudyDate=20240301..'],
    ['StudyTime>10'],
    ['StudyTime<10:30'],
    ['AcquisitionDateTime=2024-02-29T10:30Z'],
    ['SliceThickness=15'],
    ['SliceThickness<1.5'],
    ['SeriesNumber=1'],
    ['SeriesNumber<9'],
    ['WindowCenter=44'],
    ['ImageType=ORIGINAL,AXIAL,'.replace(/.*/, 'ImageType=ORIG')],
    ['00091002>7'],
    ['00091001>1'],
    ['RequestAttributesSequence.ScheduledProcedureStepID=C'],
    ['RequestAttributesSequence='],
    ['00091003='],
    ['ReferencedStudySequence=*'],
  ])('%s does not match', (text) => {
    expect(parseFilter(text).matches(entry)).toBe(false)
    expect(excludeFilter(text).matches(entry)).toBe(true)
  })

  test.each([
    ['Modality', 'no operator'],
    ['', 'no operator'],
    ['=CT', "'' is no keyword"],
    ['Modalty=CT', "'Modalty' is no keyword"],
    ['modality=CT', "'modality' is no keyword"],
    ['Modality="CT', 'quotation mark'],
    ['Modality<CT', 'no number'],
    ['PatientID<abc', 'no number'],
    ['StudyDate>yesterday', 'no date'],
    ['StudyDate>20240230', 'no date'],
    ['StudyDate>=20240101,20240102', 'takes one value'],
    ['StudyDate=2024..x', 'no date'],
    ['StudyDate=..', 'no date'],
    ['StudyDate=20230230', 'no date'],
    ['StudyDate!=20230230', 'no date'],
    ['StudyDate=2024-2-9', 'no date'],
    ['StudyDate=20240229,20230230', 'no date'],
    ['StudyDate="2024*"', 'no date'],
    ['StudyDate=2023-02-30..', 'no date'],
    ['StudyDate=2025..2024-12', 'ends before it begins'],
    ['StudyDate=20240301-20240229', 'ends before it begins'],
    ['StudyTime=24:00', 'no time'],
    ['StudyTime=11..10:30', 'ends before it begins'],
    ['AcquisitionDateTime=2024-02-30T10', 'no time'],
    ['AcquisitionDateTime=2024-02-29T10+0100..2024-02-29T08Z', 'ends before it begins'],
    ['createdAt=2024-02-30', 'no time'],
    ['updatedAt=yesterday', 'no time'],
    ['updatedAt=2024-05..2024-04', 'ends before it begins'],
    ['SliceThickness=thin', 'no number'],
    ['SliceThickness==1.5', 'no number'],
    ['SliceThickness=5..1', 'ends before it begins'],
    ['Rows=5x', 'no number'],
    ['PatientAge>40', 'have no order'],
    ['PatientAge>=045Y', 'have no order'],
    ['PatientName<5', 'have no order'],
    ['StudyInstanceUID>1', 'have no order'],
    ['FrameIncrementPointer<1', 'have no order'],
    ['StudyTime>25', 'no time'],
    ['SliceThickness>*', 'no number'],
    ['RequestAttributesSequence=A1', 'is a sequence'],
    ['RequestAttributesSequence>1', 'is a sequence'],
    ['updatedAt>yesterday', 'no time'],
    ['SOPClassUID=CT', 'names no SOP class'],
  ])('%j is an error', (text, why) => {
    expect(() => parseFilter(text)).toThrow(FilterError)
    expect(() => parseFilter(text)).toThrow(why)
  })
})

describe('excludeFilter', () => {
  test.each([
    ['1.2.3', true],
    ['1.2.3/1.2.3.4', true],
    ['1.2.3/1.2.3.4/1.2.3.4.5', true],
    ['1.2', false],
    ['1.2.3/1.2.3', false],
    ['1.2.3/1.2.3.4/1', false],
  ])('%s: the instance is left out: %s', (selector, isLeftOut) => {
    const filter = excludeFilter(selector)
    expect(filter.name).toBe(`not ${selector}`)
    expect(parseFilter(filter.name).matches(entry)).toBe(!isLeftOut)
  })

  test('a malformed selector is an error', () => {
    expect(() => excludeFilter('1.2//3')).toThrow(SelectorError)
  })
})

test('what a document of another kind holds does not throw', () => {
  const odd: AttributeMap = {
    Modality: { a: 1 },
    Rows: 'many',
    StudyDate: 7,
    PatientName: true,
    SliceThickness: [null],
  }
  const filters = ['Modality=CT', 'Rows>1', 'StudyDate>2024', 'PatientName=true', 'SliceThickness=', 'SliceThickness>1']
  const instance = { ...entry.instance, DICOM: odd }
  const other = { ...entry, patient: {}, study: {}, series: {}, instance }
  expect(filters.map((text) => parseFilter(text).matches(other))).toEqual([false, false, false, true, true, false])
})
