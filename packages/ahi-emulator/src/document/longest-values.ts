/** Longest values at import, in characters (developer guide, "DICOM element constraints"). */
export const longestValues: Readonly<Record<string, number>> = {
  PatientName: 256,
  PatientID: 256,
  PatientBirthDate: 18,
  PatientSex: 16,
  StudyInstanceUID: 256,
  StudyID: 256,
  StudyDescription: 256,
  StudyDate: 18,
  StudyTime: 28,
  AccessionNumber: 256,
  SeriesInstanceUID: 256,
  SOPInstanceUID: 256,
}
