import type { DicomAttributes } from '@ahi-dicom/dicom-standard'
import { lookUpTransferSyntax } from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import type { LabelledText } from '../page/page-data.ts'

/** The texts of a study and a series on the page. */
export interface SeriesTexts {
  readonly modality: string
  /** Empty without patient data. */
  readonly description: string
  readonly ofStudy: readonly LabelledText[]
  readonly ofSeries: readonly LabelledText[]
}

/** Attributes that hold patient data, or text that may hold some. */
const ofPatients: Readonly<Record<'study' | 'series', Readonly<Record<string, string>>>> = {
  study: {
    PatientName: 'Patient',
    PatientID: 'Patient ID',
    PatientBirthDate: 'Birth date',
    PatientSex: 'Sex',
    StudyDate: 'Study date',
    StudyTime: 'Study time',
    StudyDescription: 'Study description',
    StudyID: 'Study ID',
    AccessionNumber: 'Accession number',
    InstitutionName: 'Institution',
  },
  series: {
    SeriesDescription: 'Series description',
    SeriesDate: 'Series date',
    ProtocolName: 'Protocol',
    Manufacturer: 'Manufacturer',
    ManufacturerModelName: 'Model',
  },
}

/** Attributes that hold only codes and numbers. */
const others: Readonly<Record<string, string>> = {
  SeriesNumber: 'Series number',
  BodyPartExamined: 'Body part',
  Laterality: 'Laterality',
  Rows: 'Rows',
  Columns: 'Columns',
  BitsStored: 'Bits stored',
  PhotometricInterpretation: 'Photometric interpretation',
  PixelSpacing: 'Pixel spacing in mm',
  SliceThickness: 'Slice thickness in mm',
}

const longestValue = 300

/** Returns the texts of a series, read from the attributes of one of its instances. */
export function seriesTexts(
  attributes: DicomAttributes | undefined,
  transferSyntaxUid: string,
  withPatientData: boolean,
): SeriesTexts {
  const read = (labels: Readonly<Record<string, string>>): LabelledText[] =>
    Object.entries(labels).flatMap(([keyword, label]): LabelledText[] => {
      const value = (attributes?.strings(keyword) ?? []).join(' \\ ').trim()
      return value === '' ? [] : [[label, shortened(value)]]
    })
  const patients = (level: 'study' | 'series'): LabelledText[] => (withPatientData ? read(ofPatients[level]) : [])
  const syntax: LabelledText = ['Transfer syntax', lookUpTransferSyntax(transferSyntaxUid)?.name ?? transferSyntaxUid]
  return {
    modality: shortened(attributes?.string('Modality')?.trim() ?? ''),
    description: withPatientData ? shortened(attributes?.string('SeriesDescription')?.trim() ?? '') : '',
    ofStudy: patients('study'),
    ofSeries: [...patients('series'), ...read(others), ...(transferSyntaxUid === '' ? [] : [syntax])],
  }
}

function shortened(text: string): string {
  return text.length > longestValue ? `${text.slice(0, longestValue)} …` : text
}
