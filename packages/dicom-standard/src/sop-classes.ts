/**
 * SOP classes of stored objects (PS3.6 Table A-1), including retired, DICOS and DICONDE ones.
 * @module
 */

/** One class per line: keyword, space, UID. */
const rows = `
AcquisitionContextSRStorage 1.2.840.10008.5.1.4.1.1.88.71
AdvancedBlendingPresentationStateStorage 1.2.840.10008.5.1.4.1.1.11.8
AmbulatoryECGWaveformStorage 1.2.840.10008.5.1.4.1.1.9.1.3
ArterialPulseWaveformStorage 1.2.840.10008.5.1.4.1.1.9.5.1
AudioSRStorageTrial 1.2.840.10008.5.1.4.1.1.88.2
AutorefractionMeasurementsStorage 1.2.840.10008.5.1.4.1.1.78.2
BasicStructuredDisplayStorage 1.2.840.10008.5.1.4.1.1.131
BasicTextSRStorage 1.2.840.10008.5.1.4.1.1.88.11
BasicVoiceAudioWaveformStorage 1.2.840.10008.5.1.4.1.1.9.4.1
BlendingSoftcopyPresentationStateStorage 1.2.840.10008.5.1.4.1.1.11.4
BodyPositionWaveformStorage 1.2.840.10008.5.1.4.1.1.9.8.1
BreastProjectionXRayImageStorageForPresentation 1.2.840.10008.5.1.4.1.1.13.1.4
BreastProjectionXRayImageStorageForProcessing 1.2.840.10008.5.1.4.1.1.13.1.5
BreastTomosynthesisImageStorage 1.2.840.10008.5.1.4.1.1.13.1.3
CArmPhotonElectronRadiationRecordStorage 1.2.840.10008.5.1.4.1.1.481.19
CArmPhotonElectronRadiationStorage 1.2.840.10008.5.1.4.1.1.481.13
CTDefinedProcedureProtocolStorage 1.2.840.10008.5.1.4.1.1.200.1
CTImageStorage 1.2.840.10008.5.1.4.1.1.2
CTPerformedProcedureProtocolStorage 1.2.840.10008.5.1.4.1.1.200.2
CardiacElectrophysiologyWaveformStorage 1.2.840.10008.5.1.4.1.1.9.3.1
ChestCADSRStorage 1.2.840.10008.5.1.4.1.1.88.65
ColonCADSRStorage 1.2.840.10008.5.1.4.1.1.88.69
ColorPaletteStorage 1.2.840.10008.5.1.4.39.1
ColorSoftcopyPresentationStateStorage 1.2.840.10008.5.1.4.1.1.11.2
CompositingPlanarMPRVolumetricPresentationStateStorage 1.2.840.10008.5.1.4.1.1.11.7
Comprehensive3DSRStorage 1.2.840.10008.5.1.4.1.1.88.34
ComprehensiveSRStorage 1.2.840.10008.5.1.4.1.1.88.33
ComprehensiveSRStorageTrial 1.2.840.10008.5.1.4.1.1.88.4
ComputedRadiographyImageStorage 1.2.840.10008.5.1.4.1.1.1
ConfocalMicroscopyImageStorage 1.2.840.10008.5.1.4.1.1.77.1.8
ConfocalMicroscopyTiledPyramidalImageStorage 1.2.840.10008.5.1.4.1.1.77.1.9
ContentAssessmentResultsStorage 1.2.840.10008.5.1.4.1.1.90.1
CornealTopographyMapStorage 1.2.840.10008.5.1.4.1.1.82.1
DICOS2DAITStorage 1.2.840.10008.5.1.4.1.1.501.4
DICOS3DAITStorage 1.2.840.10008.5.1.4.1.1.501.5
DICOSCTImageStorage 1.2.840.10008.5.1.4.1.1.501.1
DICOSDigitalXRayImageStorageForPresentation 1.2.840.10008.5.1.4.1.1.501.2.1
DICOSDigitalXRayImageStorageForProcessing 1.2.840.10008.5.1.4.1.1.501.2.2
DICOSQuadrupoleResonanceStorage 1.2.840.10008.5.1.4.1.1.501.6
DICOSThreatDetectionReportStorage 1.2.840.10008.5.1.4.1.1.501.3
DeformableSpatialRegistrationStorage 1.2.840.10008.5.1.4.1.1.66.3
DermoscopicPhotographyImageStorage 1.2.840.10008.5.1.4.1.1.77.1.7
DetailSRStorageTrial 1.2.840.10008.5.1.4.1.1.88.3
DigitalIntraOralXRayImageStorageForPresentation 1.2.840.10008.5.1.4.1.1.1.3
DigitalIntraOralXRayImageStorageForProcessing 1.2.840.10008.5.1.4.1.1.1.3.1
DigitalMammographyXRayImageStorageForPresentation 1.2.840.10008.5.1.4.1.1.1.2
DigitalMammographyXRayImageStorageForProcessing 1.2.840.10008.5.1.4.1.1.1.2.1
DigitalXRayImageStorageForPresentation 1.2.840.10008.5.1.4.1.1.1.1
DigitalXRayImageStorageForProcessing 1.2.840.10008.5.1.4.1.1.1.1.1
EddyCurrentImageStorage 1.2.840.10008.5.1.4.1.1.601.1
EddyCurrentMultiFrameImageStorage 1.2.840.10008.5.1.4.1.1.601.2
ElectromyogramWaveformStorage 1.2.840.10008.5.1.4.1.1.9.7.2
ElectrooculogramWaveformStorage 1.2.840.10008.5.1.4.1.1.9.7.3
EncapsulatedCDAStorage 1.2.840.10008.5.1.4.1.1.104.2
EncapsulatedMTLStorage 1.2.840.10008.5.1.4.1.1.104.5
EncapsulatedOBJStorage 1.2.840.10008.5.1.4.1.1.104.4
EncapsulatedPDFStorage 1.2.840.10008.5.1.4.1.1.104.1
EncapsulatedSTLStorage 1.2.840.10008.5.1.4.1.1.104.3
EnhancedCTImageStorage 1.2.840.10008.5.1.4.1.1.2.1
EnhancedContinuousRTImageStorage 1.2.840.10008.5.1.4.1.1.481.24
EnhancedMRColorImageStorage 1.2.840.10008.5.1.4.1.1.4.3
EnhancedMRImageStorage 1.2.840.10008.5.1.4.1.1.4.1
EnhancedPETImageStorage 1.2.840.10008.5.1.4.1.1.130
EnhancedRTImageStorage 1.2.840.10008.5.1.4.1.1.481.23
EnhancedSRStorage 1.2.840.10008.5.1.4.1.1.88.22
EnhancedUSVolumeStorage 1.2.840.10008.5.1.4.1.1.6.2
EnhancedXAImageStorage 1.2.840.10008.5.1.4.1.1.12.1.1
EnhancedXRFImageStorage 1.2.840.10008.5.1.4.1.1.12.2.1
EnhancedXRayRadiationDoseSRStorage 1.2.840.10008.5.1.4.1.1.88.76
ExtensibleSRStorage 1.2.840.10008.5.1.4.1.1.88.35
General32bitECGWaveformStorage 1.2.840.10008.5.1.4.1.1.9.1.4
GeneralAudioWaveformStorage 1.2.840.10008.5.1.4.1.1.9.4.2
GeneralECGWaveformStorage 1.2.840.10008.5.1.4.1.1.9.1.2
GenericImplantTemplateStorage 1.2.840.10008.5.1.4.43.1
GrayscalePlanarMPRVolumetricPresentationStateStorage 1.2.840.10008.5.1.4.1.1.11.6
GrayscaleSoftcopyPresentationStateStorage 1.2.840.10008.5.1.4.1.1.11.1
HangingProtocolStorage 1.2.840.10008.5.1.4.38.1
HardcopyColorImageStorage 1.2.840.10008.5.1.1.30
HardcopyGrayscaleImageStorage 1.2.840.10008.5.1.1.29
HemodynamicWaveformStorage 1.2.840.10008.5.1.4.1.1.9.2.1
ImplantAssemblyTemplateStorage 1.2.840.10008.5.1.4.44.1
ImplantTemplateGroupStorage 1.2.840.10008.5.1.4.45.1
ImplantationPlanSRStorage 1.2.840.10008.5.1.4.1.1.88.70
IntraocularLensCalculationsStorage 1.2.840.10008.5.1.4.1.1.78.8
IntravascularOpticalCoherenceTomographyImageStorageForPresentation 1.2.840.10008.5.1.4.1.1.14.1
IntravascularOpticalCoherenceTomographyImageStorageForProcessing 1.2.840.10008.5.1.4.1.1.14.2
InventoryStorage 1.2.840.10008.5.1.4.1.1.201.1
KeratometryMeasurementsStorage 1.2.840.10008.5.1.4.1.1.78.3
KeyObjectSelectionDocumentStorage 1.2.840.10008.5.1.4.1.1.88.59
LegacyConvertedEnhancedCTImageStorage 1.2.840.10008.5.1.4.1.1.2.2
LegacyConvertedEnhancedMRImageStorage 1.2.840.10008.5.1.4.1.1.4.4
LegacyConvertedEnhancedPETImageStorage 1.2.840.10008.5.1.4.1.1.128.1
LensometryMeasurementsStorage 1.2.840.10008.5.1.4.1.1.78.1
MRImageStorage 1.2.840.10008.5.1.4.1.1.4
MRSpectroscopyStorage 1.2.840.10008.5.1.4.1.1.4.2
MacularGridThicknessAndVolumeReportStorage 1.2.840.10008.5.1.4.1.1.79.1
MammographyCADSRStorage 1.2.840.10008.5.1.4.1.1.88.50
MediaStorageDirectoryStorage 1.2.840.10008.1.3.10
MicroscopyBulkSimpleAnnotationsStorage 1.2.840.10008.5.1.4.1.1.91.1
MultiFrameGrayscaleByteSecondaryCaptureImageStorage 1.2.840.10008.5.1.4.1.1.7.2
MultiFrameGrayscaleWordSecondaryCaptureImageStorage 1.2.840.10008.5.1.4.1.1.7.3
MultiFrameSingleBitSecondaryCaptureImageStorage 1.2.840.10008.5.1.4.1.1.7.1
MultiFrameTrueColorSecondaryCaptureImageStorage 1.2.840.10008.5.1.4.1.1.7.4
MultichannelRespiratoryWaveformStorage 1.2.840.10008.5.1.4.1.1.9.6.2
MultipleVolumeRenderingVolumetricPresentationStateStorage 1.2.840.10008.5.1.4.1.1.11.11
NuclearMedicineImageStorage 1.2.840.10008.5.1.4.1.1.20
NuclearMedicineImageStorageRetired 1.2.840.10008.5.1.4.1.1.5
OphthalmicAxialMeasurementsStorage 1.2.840.10008.5.1.4.1.1.78.7
OphthalmicOpticalCoherenceTomographyBscanVolumeAnalysisStorage 1.2.840.10008.5.1.4.1.1.77.1.5.8
OphthalmicOpticalCoherenceTomographyEnFaceImageStorage 1.2.840.10008.5.1.4.1.1.77.1.5.7
OphthalmicPhotography16BitImageStorage 1.2.840.10008.5.1.4.1.1.77.1.5.2
OphthalmicPhotography8BitImageStorage 1.2.840.10008.5.1.4.1.1.77.1.5.1
OphthalmicThicknessMapStorage 1.2.840.10008.5.1.4.1.1.81.1
OphthalmicTomographyImageStorage 1.2.840.10008.5.1.4.1.1.77.1.5.4
OphthalmicVisualFieldStaticPerimetryMeasurementsStorage 1.2.840.10008.5.1.4.1.1.80.1
ParametricMapStorage 1.2.840.10008.5.1.4.1.1.30
PatientRadiationDoseSRStorage 1.2.840.10008.5.1.4.1.1.88.73
PerformedImagingAgentAdministrationSRStorage 1.2.840.10008.5.1.4.1.1.88.75
PhotoacousticImageStorage 1.2.840.10008.5.1.4.1.1.6.3
PlannedImagingAgentAdministrationSRStorage 1.2.840.10008.5.1.4.1.1.88.74
PositronEmissionTomographyImageStorage 1.2.840.10008.5.1.4.1.1.128
ProcedureLogStorage 1.2.840.10008.5.1.4.1.1.88.40
ProtocolApprovalStorage 1.2.840.10008.5.1.4.1.1.200.3
PseudoColorSoftcopyPresentationStateStorage 1.2.840.10008.5.1.4.1.1.11.3
RTBeamsDeliveryInstructionStorage 1.2.840.10008.5.1.4.34.7
RTBeamsDeliveryInstructionStorageTrial 1.2.840.10008.5.1.4.34.1
RTBeamsTreatmentRecordStorage 1.2.840.10008.5.1.4.1.1.481.4
RTBrachyApplicationSetupDeliveryInstructionStorage 1.2.840.10008.5.1.4.34.10
RTBrachyTreatmentRecordStorage 1.2.840.10008.5.1.4.1.1.481.6
RTDoseStorage 1.2.840.10008.5.1.4.1.1.481.2
RTImageStorage 1.2.840.10008.5.1.4.1.1.481.1
RTIonBeamsTreatmentRecordStorage 1.2.840.10008.5.1.4.1.1.481.9
RTIonPlanStorage 1.2.840.10008.5.1.4.1.1.481.8
RTPatientPositionAcquisitionInstructionStorage 1.2.840.10008.5.1.4.1.1.481.25
RTPhysicianIntentStorage 1.2.840.10008.5.1.4.1.1.481.10
RTPlanStorage 1.2.840.10008.5.1.4.1.1.481.5
RTRadiationRecordSetStorage 1.2.840.10008.5.1.4.1.1.481.16
RTRadiationSalvageRecordStorage 1.2.840.10008.5.1.4.1.1.481.17
RTRadiationSetDeliveryInstructionStorage 1.2.840.10008.5.1.4.1.1.481.21
RTRadiationSetStorage 1.2.840.10008.5.1.4.1.1.481.12
RTSegmentAnnotationStorage 1.2.840.10008.5.1.4.1.1.481.11
RTStructureSetStorage 1.2.840.10008.5.1.4.1.1.481.3
RTTreatmentPreparationStorage 1.2.840.10008.5.1.4.1.1.481.22
RTTreatmentSummaryRecordStorage 1.2.840.10008.5.1.4.1.1.481.7
RadiopharmaceuticalRadiationDoseSRStorage 1.2.840.10008.5.1.4.1.1.88.68
RawDataStorage 1.2.840.10008.5.1.4.1.1.66
RealWorldValueMappingStorage 1.2.840.10008.5.1.4.1.1.67
RespiratoryWaveformStorage 1.2.840.10008.5.1.4.1.1.9.6.1
RoboticArmRadiationStorage 1.2.840.10008.5.1.4.1.1.481.15
RoboticRadiationRecordStorage 1.2.840.10008.5.1.4.1.1.481.20
RoutineScalpElectroencephalogramWaveformStorage 1.2.840.10008.5.1.4.1.1.9.7.1
SecondaryCaptureImageStorage 1.2.840.10008.5.1.4.1.1.7
SegmentationStorage 1.2.840.10008.5.1.4.1.1.66.4
SegmentedVolumeRenderingVolumetricPresentationStateStorage 1.2.840.10008.5.1.4.1.1.11.10
SimplifiedAdultEchoSRStorage 1.2.840.10008.5.1.4.1.1.88.72
SleepElectroencephalogramWaveformStorage 1.2.840.10008.5.1.4.1.1.9.7.4
SpatialFiducialsStorage 1.2.840.10008.5.1.4.1.1.66.2
SpatialRegistrationStorage 1.2.840.10008.5.1.4.1.1.66.1
SpectaclePrescriptionReportStorage 1.2.840.10008.5.1.4.1.1.78.6
StandaloneCurveStorage 1.2.840.10008.5.1.4.1.1.9
StandaloneModalityLUTStorage 1.2.840.10008.5.1.4.1.1.10
StandaloneOverlayStorage 1.2.840.10008.5.1.4.1.1.8
StandalonePETCurveStorage 1.2.840.10008.5.1.4.1.1.129
StandaloneVOILUTStorage 1.2.840.10008.5.1.4.1.1.11
StereometricRelationshipStorage 1.2.840.10008.5.1.4.1.1.77.1.5.3
StoredPrintStorage 1.2.840.10008.5.1.1.27
SubjectiveRefractionMeasurementsStorage 1.2.840.10008.5.1.4.1.1.78.4
SurfaceScanMeshStorage 1.2.840.10008.5.1.4.1.1.68.1
SurfaceScanPointCloudStorage 1.2.840.10008.5.1.4.1.1.68.2
SurfaceSegmentationStorage 1.2.840.10008.5.1.4.1.1.66.5
TextSRStorageTrial 1.2.840.10008.5.1.4.1.1.88.1
TomotherapeuticRadiationRecordStorage 1.2.840.10008.5.1.4.1.1.481.18
TomotherapeuticRadiationStorage 1.2.840.10008.5.1.4.1.1.481.14
TractographyResultsStorage 1.2.840.10008.5.1.4.1.1.66.6
TwelveLeadECGWaveformStorage 1.2.840.10008.5.1.4.1.1.9.1.1
UltrasoundImageStorage 1.2.840.10008.5.1.4.1.1.6.1
UltrasoundImageStorageRetired 1.2.840.10008.5.1.4.1.1.6
UltrasoundMultiFrameImageStorage 1.2.840.10008.5.1.4.1.1.3.1
UltrasoundMultiFrameImageStorageRetired 1.2.840.10008.5.1.4.1.1.3
VLEndoscopicImageStorage 1.2.840.10008.5.1.4.1.1.77.1.1
VLImageStorageTrial 1.2.840.10008.5.1.4.1.1.77.1
VLMicroscopicImageStorage 1.2.840.10008.5.1.4.1.1.77.1.2
VLMultiFrameImageStorageTrial 1.2.840.10008.5.1.4.1.1.77.2
VLPhotographicImageStorage 1.2.840.10008.5.1.4.1.1.77.1.4
VLSlideCoordinatesMicroscopicImageStorage 1.2.840.10008.5.1.4.1.1.77.1.3
VLWholeSlideMicroscopyImageStorage 1.2.840.10008.5.1.4.1.1.77.1.6
VariableModalityLUTSoftcopyPresentationStateStorage 1.2.840.10008.5.1.4.1.1.11.12
VideoEndoscopicImageStorage 1.2.840.10008.5.1.4.1.1.77.1.1.1
VideoMicroscopicImageStorage 1.2.840.10008.5.1.4.1.1.77.1.2.1
VideoPhotographicImageStorage 1.2.840.10008.5.1.4.1.1.77.1.4.1
VisualAcuityMeasurementsStorage 1.2.840.10008.5.1.4.1.1.78.5
VolumeRenderingVolumetricPresentationStateStorage 1.2.840.10008.5.1.4.1.1.11.9
WaveformAnnotationSRStorage 1.2.840.10008.5.1.4.1.1.88.77
WaveformStorageTrial 1.2.840.10008.5.1.4.1.1.9.1
WideFieldOphthalmicPhotography3DCoordinatesImageStorage 1.2.840.10008.5.1.4.1.1.77.1.5.6
WideFieldOphthalmicPhotographyStereographicProjectionImageStorage 1.2.840.10008.5.1.4.1.1.77.1.5.5
XADefinedProcedureProtocolStorage 1.2.840.10008.5.1.4.1.1.200.7
XAPerformedProcedureProtocolStorage 1.2.840.10008.5.1.4.1.1.200.8
XAXRFGrayscaleSoftcopyPresentationStateStorage 1.2.840.10008.5.1.4.1.1.11.5
XRay3DAngiographicImageStorage 1.2.840.10008.5.1.4.1.1.13.1.1
XRay3DCraniofacialImageStorage 1.2.840.10008.5.1.4.1.1.13.1.2
XRayAngiographicBiPlaneImageStorage 1.2.840.10008.5.1.4.1.1.12.3
XRayAngiographicImageStorage 1.2.840.10008.5.1.4.1.1.12.1
XRayRadiationDoseSRStorage 1.2.840.10008.5.1.4.1.1.88.67
XRayRadiofluoroscopicImageStorage 1.2.840.10008.5.1.4.1.1.12.2`

let uidsByName: ReadonlyMap<string, string> | undefined

/**
 * Returns the UID of a SOP class by its keyword (`CTImageStorage`) or its name (`CT Image Storage`). Case, spaces and punctuation
 * do not matter.
 *
 * @example
 * import { storageSopClassUid } from '@ahi-dicom/dicom-standard/sop-classes'
 *
 * console.log(storageSopClassUid('CT Image Storage')) // 1.2.840.10008.5.1.4.1.1.2
 */
export function storageSopClassUid(name: string): string | undefined {
  uidsByName ??= new Map(
    rows
      .trim()
      .split('\n')
      .map((row) => row.split(' '))
      .map(([keyword = '', uid = '']) => [plain(keyword), uid]),
  )
  return uidsByName.get(plain(name))
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
}
