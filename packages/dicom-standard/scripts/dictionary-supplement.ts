/** One attribute as PS3.6 lists it: tag (`x` for any hexadecimal digit), VR, VM, keyword and whether it is retired. */
export interface SupplementEntry {
  readonly tag: string
  readonly vr: string
  readonly vm: string
  readonly keyword: string
  readonly retired: boolean
}

/**
 * Elements of PS3.6 (2024c) that dcmjs 0.52.2 lacks or has outdated: new elements, corrected VRs, VMs and keywords,
 * changes of the retired state, and elements with a variable tag, which dcmjs lists with a single tag.
 */
const corrections = `
00020026 UR 1 SourcePresentationAddress
00020027 UR 1 SendingPresentationAddress
00020028 UR 1 ReceivingPresentationAddress
00020031 OB 1 RTVMetaInformationVersion
00020032 UI 1 RTVCommunicationSOPClassUID
00020033 UI 1 RTVCommunicationSOPInstanceUID
00020035 OB 1 RTVSourceIdentifier
00020036 OB 1 RTVFlowIdentifier
00020037 UL 1 RTVFlowRTPSamplingRate
00020038 FD 1 RTVFlowActualFrameDuration
00060001 SQ 1 CurrentFrameFunctionalGroupsSequence
00080202 OB 1 - retired
00082229 SQ 1 AnatomicStructureSpaceOrRegionSequence retired
00089007 CS 4-5 FrameType
00101000 LO 1-n OtherPatientIDs retired
00101090 LO 1 MedicalRecordLocator retired
00140023 ST 1 CADFileFormat retired
00140024 ST 1 ComponentReferenceSystem retired
00140025 ST 1 ComponentManufacturingProcedure
00140028 ST 1 ComponentManufacturer
00140042 ST 1 MaterialGrade
00140044 ST 1 MaterialPropertiesDescription
00140045 ST 1 MaterialPropertiesFileFormatRetired retired
001440A0 LO 1-n ImageQualityIndicatorType
001440A1 LO 1-n ImageQualityIndicatorMaterial
001440A2 LO 1-n ImageQualityIndicatorSize
00180061 DS 1 - retired
00189323 CS 1-n ExposureModulationType
00189324 FD 1 EstimatedDoseSaving retired
00189445 OB 1 - retired
00221642 UL 1 NumberOfBscansPerFrame
00280020 OB 1 - retired
002804x0 US 1 RowsForNthOrderCoefficients retired
002804x1 US 1 ColumnsForNthOrderCoefficients retired
002804x2 LO 1-n CoefficientCoding retired
002804x3 AT 1-n CoefficientCodingPointers retired
002808x0 CS 1-n CodeLabel retired
002808x2 US 1 NumberOfTables retired
002808x3 AT 1-n CodeTableLocation retired
002808x4 US 1 BitsForCodeWord retired
002808x8 AT 1-n ImageDataLocation retired
00380004 SQ 1 ReferencedPatientAliasSequence retired
00400300 US 1 TotalTimeOfFluoroscopy retired
00400301 US 1 TotalNumberOfExposures retired
0040030E SQ 1 ExposureDoseSequence retired
00404007 SQ 1 PerformedProcessingApplicationsCodeSequence retired
00404020 CS 1 InputAvailabilityFlag retired
0040A136 US 1-n ReferencedFrameNumbers retired
0040A803 UL 1 NumberOfTableColumns
00480200 SQ 1 ReferencedImageNavigationSequence retired
00480201 US 2 TopLeftHandCornerOfLocalizerArea retired
00480202 US 2 BottomRightHandCornerOfLocalizerArea retired
00620009 LO 1-n SegmentAlgorithmName
00660023 OW 1 TrianglePointIndexList retired
00660024 OW 1 EdgePointIndexList retired
00660025 OW 1 VertexPointIndexList retired
00660029 OW 1 PrimitivePointIndexList retired
00660040 OL 1 LongPrimitivePointIndexList
00660041 OL 1 LongTrianglePointIndexList
00660042 OL 1 LongEdgePointIndexList
00660043 OL 1 LongVertexPointIndexList
006862F0 SQ 1 ViewOrientationModifierCodeSequence
00701206 CS 1 CompositingMethod retired
00701305 FD 4 Plane
00701306 FD 3 PlaneNormal
0070150C UL 1 NumberOfVolumetricCurvePoints
00701807 US 3 WeightingLookupTableDescriptor retired
00701808 OB 1 WeightingLookupTableData retired
00760034 SQ 1 ComponentTypeCodeSequence
00800010 OF 1 UValueData
00800011 OF 1 VValueData
04000315 FL 1 - retired
1000xxx0 US 3 EscapeTriplet retired
1000xxx1 US 3 RunLengthTriplet retired
1000xxx2 US 1 HuffmanTableSize retired
1000xxx3 US 3 HuffmanTableTriplet retired
1000xxx4 US 1 ShiftTableSize retired
1000xxx5 US 3 ShiftTableTriplet retired
1010xxxx US 1-n ZonalMap retired
21000140 AE 1 DestinationAE
213000A0 SQ 1 ProposedStudySequence
213000C0 SQ 1 OriginalImageSequence
30040010 SQ 1 RTDoseROISequence retired
30040012 DS 1 DoseValue retired
30060044 DS 1 ContourSlabThickness retired
30060045 DS 3 ContourOffsetVector retired
30060049 IS 1-n AttachedContours retired
30060085 SH 1 ROIObservationLabel retired
30060088 ST 1 ROIObservationDescription retired
300600B9 SQ 1 AdditionalRTROIIdentificationCodeSequence retired
3008002B SH 1 TreatmentTerminationCode retired
300A000B LO 1-n TreatmentSites retired
300A0082 DS 3 BeamDoseSpecificationPoint retired
300A0088 FL 1 BeamDosePointDepth
300A0089 FL 1 BeamDosePointEquivalentDepth
300A008A FL 1 BeamDosePointSSD
300A008D FL 1 AverageBeamDosePointDepth retired
300A008E FL 1 AverageBeamDosePointEquivalentDepth retired
300A008F FL 1 AverageBeamDosePointSSD retired
300A0131 FL 1 AverageBeamDosePointSourceToExternalContourDistance
300A0632 SQ 1 ReferencedRTPatientSetupSequence retired
300A0650 UI 1 PatientSetupUID retired
300A0782 US 1 - retired
30100090 CS 1 RoboticBaseLocationIndicator retired
40101029 LO 1-n ThreatDetectionAlgorithmAndVersion
`

/** Keywords from earlier editions (2022b and before) or from dcmjs, for elements that now have another keyword. */
export const formerKeywords: Readonly<Record<string, string>> = {
  FrameNumbersOfInterestFOI: '00286020',
  ViewOrientationModifier: '006862F0',
  StructuredContraintObservationSequence: '0082000C',
  NumberofBscansPerFrame: '00221642',
  NumbeOfTableColumns: '0040A803',
  ObliqueCroppingPlane: '00701305',
  ObliqueCroppingPlaneNormal: '00701306',
  AverageBeamDosePointSourceToExternalContourSurfaceDistance: '300A0131',
  ThreatDetectionAlgorithmandVersion: '40101029',
}

/** Returns the corrections as entries. */
export function supplementEntries(): SupplementEntry[] {
  return corrections
    .trim()
    .split('\n')
    .map((line) => {
      const [tag = '', vr = '', vm = '', keyword = '', retired] = line.split(' ')
      return { tag, vr, vm, keyword: keyword === '-' ? '' : keyword, retired: retired === 'retired' }
    })
}
