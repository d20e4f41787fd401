import type { AttributeMap } from '@ahi-dicom/ahi-metadata'
import { uidOf } from '../dicom/uid.ts'

/** The study that all generated instances belong to. */
export interface GeneratedStudy {
  readonly seed: number
  readonly studyInstanceUid: string
}

/** Returns the study of a seed. */
export function generatedStudy(seed: number): GeneratedStudy {
  return { seed, studyInstanceUid: studyUid(seed, 'study') }
}

/** Returns a UID for a name within the study of a seed. */
export function studyUid(seed: number, name: string): string {
  return uidOf(`ahi-dicom phantom ${seed} ${name}`)
}

/** Returns the attributes that all instances share: Patient, General Study, General Equipment and SOP Common Module. */
export function commonAttributes(study: GeneratedStudy): AttributeMap {
  return {
    SpecificCharacterSet: ['ISO_IR 192'],
    InstanceCreationDate: '20260102',
    InstanceCreationTime: '101500',
    StudyDate: '20260102',
    StudyTime: '093000',
    AccessionNumber: `AHI${study.seed}`,
    Manufacturer: 'ahi-dicom',
    InstitutionName: 'Phantom Hospital',
    ReferringPhysicianName: 'Müller^Jörg',
    StudyDescription: 'Phantom thorax and abdomen',
    ManufacturerModelName: 'Phantom Generator',
    DeviceSerialNumber: String(study.seed),
    SoftwareVersions: ['1.0'],
    PatientName: 'Phantom^Zoë',
    PatientID: `PHANTOM-${study.seed}`,
    PatientBirthDate: '19700401',
    PatientSex: 'O',
    PatientAge: '055Y',
    StudyInstanceUID: study.studyInstanceUid,
    StudyID: String(study.seed),
  }
}
