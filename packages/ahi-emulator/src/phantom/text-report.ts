import type { AttributeMap } from '@ahi-dicom/ahi-metadata'
import { encodePart10 } from '@ahi-dicom/dicomizer'
import { ctImageStorage, ctInstanceUid, ctSeriesUid } from './ct-series.ts'
import { commonAttributes, studyUid, type GeneratedStudy } from './study.ts'

const basicTextSrStorage = '1.2.840.10008.5.1.4.1.1.88.11'

/** Generates a structured report as a Part 10 file without pixels. It refers to the first CT slice, if there is one. */
export function textReport(study: GeneratedStudy, options: { readonly refersToCt: boolean }): Uint8Array {
  const { seed } = study
  const { refersToCt } = options
  return encodePart10({
    attributes: {
      ...commonAttributes(study),
      SOPClassUID: basicTextSrStorage,
      SOPInstanceUID: studyUid(seed, 'sr 1'),
      SeriesDate: '20260102',
      SeriesTime: '101500',
      ContentDate: '20260102',
      ContentTime: '101500',
      Modality: 'SR',
      SeriesDescription: 'Report',
      ReferencedPerformedProcedureStepSequence: null,
      SeriesInstanceUID: studyUid(seed, 'sr'),
      SeriesNumber: '4',
      InstanceNumber: '1',
      PerformedProcedureCodeSequence: null,
      CompletionFlag: 'COMPLETE',
      VerificationFlag: 'UNVERIFIED',
      ValueType: 'CONTAINER',
      ConceptNameCodeSequence: [code('18748-4', 'LN', 'Diagnostic imaging report')],
      ContinuityOfContent: 'SEPARATE',
      ContentSequence: [
        text(code('121071', 'DCM', 'Finding'), 'Lungs clear. Liver, spleen and kidneys of regular size. Größe normal.'),
        text(code('121077', 'DCM', 'Conclusion'), 'A phantom in good health.'),
        ...(refersToCt ? [imageReference(study)] : []),
      ],
      ...(refersToCt ? { CurrentRequestedProcedureEvidenceSequence: [evidence(study)] } : {}),
    },
  })
}

function code(value: string, scheme: string, meaning: string): AttributeMap {
  return { CodeValue: value, CodingSchemeDesignator: scheme, CodeMeaning: meaning }
}

function text(concept: AttributeMap, value: string): AttributeMap {
  return { RelationshipType: 'CONTAINS', ValueType: 'TEXT', ConceptNameCodeSequence: [concept], TextValue: value }
}

function imageReference(study: GeneratedStudy): AttributeMap {
  return { RelationshipType: 'CONTAINS', ValueType: 'IMAGE', ReferencedSOPSequence: [firstSlice(study)] }
}

function evidence(study: GeneratedStudy): AttributeMap {
  return {
    StudyInstanceUID: study.studyInstanceUid,
    ReferencedSeriesSequence: [{ SeriesInstanceUID: ctSeriesUid(study), ReferencedSOPSequence: [firstSlice(study)] }],
  }
}

function firstSlice(study: GeneratedStudy): AttributeMap {
  return { ReferencedSOPClassUID: ctImageStorage, ReferencedSOPInstanceUID: ctInstanceUid(study, 0) }
}
