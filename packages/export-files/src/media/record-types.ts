import { storageSopClassUid } from '@ahi-dicom/dicom-standard/sop-classes'

/** Keywords of the keys of a directory record (PS3.3 F.5), without optional keys (type 3). */
export interface RecordKeys {
  /** Type 1: gets an invented value if the instance lacks it. */
  readonly required: readonly string[]
  /** Type 2: is empty if the instance lacks it. */
  readonly mayBeEmpty: readonly string[]
  /** Type 1C: is absent if the instance lacks it. */
  readonly conditional: readonly string[]
}

/** Keys of the records of patients, studies and series. */
export const levelKeys: Readonly<Record<'patient' | 'study' | 'series', RecordKeys>> = {
  patient: keys('PatientID', 'PatientName', 'IssuerOfPatientID'),
  study: keys('StudyDate StudyTime StudyID', 'StudyDescription AccessionNumber', 'StudyInstanceUID'),
  series: keys('Modality SeriesInstanceUID SeriesNumber'),
}

/** Record type of instances without a type in PS3.3 F.4. */
export const privateRecordType = 'PRIVATE'

const imageRecordType = 'IMAGE'
const contentIdentification = 'InstanceNumber ContentLabel'
const contentCreator = 'ContentDescription ContentCreatorName'
const dated = 'ContentDate ContentTime'
const identified: RecordKeys = keys(`${dated} ${contentIdentification}`, contentCreator)

const keysByType: Readonly<Record<string, RecordKeys>> = {
  [imageRecordType]: keys('InstanceNumber'),
  'RT DOSE': keys('InstanceNumber DoseSummationType'),
  'RT STRUCTURE SET': keys('InstanceNumber StructureSetLabel', 'StructureSetDate StructureSetTime'),
  'RT PLAN': keys('InstanceNumber RTPlanLabel', 'RTPlanDate RTPlanTime'),
  'RT TREAT RECORD': keys('InstanceNumber', 'TreatmentDate TreatmentTime'),
  PRESENTATION: keys(
    `PresentationCreationDate PresentationCreationTime ${contentIdentification}`,
    contentCreator,
    'ReferencedSeriesSequence BlendingSequence',
  ),
  WAVEFORM: keys(`InstanceNumber ${dated}`),
  'SR DOCUMENT': keys(
    `InstanceNumber CompletionFlag VerificationFlag ${dated} ConceptNameCodeSequence`,
    '',
    'VerificationDateTime ContentSequence',
  ),
  'KEY OBJECT DOC': keys(`InstanceNumber ${dated} ConceptNameCodeSequence`, '', 'ContentSequence'),
  SPECTROSCOPY: keys(
    `ImageType ${dated} InstanceNumber NumberOfFrames Rows Columns DataPointRows DataPointColumns`,
    '',
    'ReferencedImageEvidenceSequence',
  ),
  'RAW DATA': keys(`InstanceNumber ${dated}`),
  REGISTRATION: identified,
  FIDUCIAL: identified,
  'VALUE MAP': identified,
  MEASUREMENT: identified,
  SURFACE: identified,
  TRACT: identified,
  ANNOTATION: identified,
  'ENCAP DOC': keys(
    'InstanceNumber MIMETypeOfEncapsulatedDocument',
    `${dated} DocumentTitle ConceptNameCodeSequence`,
    'HL7InstanceIdentifier',
  ),
  'SURFACE SCAN': keys(dated),
  ASSESSMENT: keys('InstanceNumber InstanceCreationDate', 'InstanceCreationTime'),
  RADIOTHERAPY: keys('InstanceNumber', contentCreator, 'UserContentLabel UserContentLongLabel'),
  STEREOMETRIC: keys(contentIdentification, contentCreator),
  PLAN: keys(''),
  'HANGING PROTOCOL': keys(
    `HangingProtocolName HangingProtocolDescription HangingProtocolLevel HangingProtocolCreator
      HangingProtocolCreationDateTime HangingProtocolDefinitionSequence NumberOfPriorsReferenced`,
    'HangingProtocolUserIdentificationCodeSequence',
  ),
  PALETTE: keys('ContentLabel', 'ContentDescription'),
  IMPLANT: keys('Manufacturer ImplantName ImplantPartNumber', '', 'ImplantSize'),
  'IMPLANT ASSY': keys('ImplantAssemblyTemplateName Manufacturer ProcedureTypeCodeSequence'),
  'IMPLANT GROUP': keys('ImplantTemplateGroupName ImplantTemplateGroupIssuer'),
}

/** Record types of instances without a patient. Their records are at the root, like patient records (PS3.3 F.4). */
const rootTypes: ReadonlySet<string> = new Set([
  'HANGING PROTOCOL',
  'PALETTE',
  'IMPLANT',
  'IMPLANT ASSY',
  'IMPLANT GROUP',
])

/** Names of SOP classes by record type. An instance of any other class is an image if it has Rows. */
const classesByType: Readonly<Record<string, string>> = {
  'RT DOSE': 'RTDose',
  'RT STRUCTURE SET': 'RTStructureSet',
  'RT PLAN': 'RTPlan RTIonPlan',
  'RT TREAT RECORD':
    'RTBeamsTreatmentRecord RTBrachyTreatmentRecord RTTreatmentSummaryRecord RTIonBeamsTreatmentRecord',
  PRESENTATION: `GrayscaleSoftcopyPresentationState ColorSoftcopyPresentationState PseudoColorSoftcopyPresentationState
    BlendingSoftcopyPresentationState XAXRFGrayscaleSoftcopyPresentationState AdvancedBlendingPresentationState
    VariableModalityLUTSoftcopyPresentationState GrayscalePlanarMPRVolumetricPresentationState
    CompositingPlanarMPRVolumetricPresentationState VolumeRenderingVolumetricPresentationState
    SegmentedVolumeRenderingVolumetricPresentationState MultipleVolumeRenderingVolumetricPresentationState
    BasicStructuredDisplay`,
  WAVEFORM: `BasicVoiceAudioWaveform TwelveLeadECGWaveform GeneralECGWaveform General32bitECGWaveform
    AmbulatoryECGWaveform HemodynamicWaveform CardiacElectrophysiologyWaveform ArterialPulseWaveform
    RespiratoryWaveform MultichannelRespiratoryWaveform GeneralAudioWaveform RoutineScalpElectroencephalogramWaveform
    SleepElectroencephalogramWaveform ElectromyogramWaveform ElectrooculogramWaveform BodyPositionWaveform`,
  'SR DOCUMENT': `BasicTextSR EnhancedSR ComprehensiveSR Comprehensive3DSR ExtensibleSR MammographyCADSR ChestCADSR
    ColonCADSR ProcedureLog XRayRadiationDoseSR EnhancedXRayRadiationDoseSR RadiopharmaceuticalRadiationDoseSR
    PatientRadiationDoseSR AcquisitionContextSR SimplifiedAdultEchoSR ImplantationPlanSR SpectaclePrescriptionReport
    MacularGridThicknessAndVolumeReport PlannedImagingAgentAdministrationSR PerformedImagingAgentAdministrationSR
    WaveformAnnotationSR`,
  'KEY OBJECT DOC': 'KeyObjectSelectionDocument',
  SPECTROSCOPY: 'MRSpectroscopy',
  'RAW DATA': 'RawData',
  REGISTRATION: 'SpatialRegistration DeformableSpatialRegistration',
  FIDUCIAL: 'SpatialFiducials',
  'VALUE MAP': 'RealWorldValueMapping',
  MEASUREMENT: `LensometryMeasurements AutorefractionMeasurements KeratometryMeasurements
    SubjectiveRefractionMeasurements VisualAcuityMeasurements OphthalmicAxialMeasurements IntraocularLensCalculations
    OphthalmicVisualFieldStaticPerimetryMeasurements`,
  SURFACE: 'SurfaceSegmentation',
  'SURFACE SCAN': 'SurfaceScanMesh SurfaceScanPointCloud',
  TRACT: 'TractographyResults',
  ANNOTATION: 'MicroscopyBulkSimpleAnnotations',
  'ENCAP DOC': 'EncapsulatedPDF EncapsulatedCDA EncapsulatedSTL EncapsulatedOBJ EncapsulatedMTL',
  ASSESSMENT: 'ContentAssessmentResults',
  RADIOTHERAPY: `RTPhysicianIntent RTSegmentAnnotation RTRadiationSet CArmPhotonElectronRadiation
    TomotherapeuticRadiation RoboticArmRadiation RTRadiationRecordSet RTRadiationSalvageRecord
    TomotherapeuticRadiationRecord CArmPhotonElectronRadiationRecord RoboticRadiationRecord
    RTRadiationSetDeliveryInstruction RTTreatmentPreparation RTPatientPositionAcquisitionInstruction`,
  STEREOMETRIC: 'StereometricRelationship',
  PLAN: 'RTBeamsDeliveryInstruction RTBrachyApplicationSetupDeliveryInstruction',
  'HANGING PROTOCOL': 'HangingProtocol',
  PALETTE: 'ColorPalette',
  IMPLANT: 'GenericImplantTemplate',
  'IMPLANT ASSY': 'ImplantAssemblyTemplate',
  'IMPLANT GROUP': 'ImplantTemplateGroup',
}

let typesByClass: ReadonlyMap<string, string> | undefined

/** Returns the record type of an instance (PS3.3 Table F.4-1), from its SOP class and the presence of Rows. */
export function recordTypeOf(sopClassUid: string, hasRows: boolean): string {
  typesByClass ??= new Map(
    Object.entries(classesByType).flatMap(([type, names]) =>
      words(names).map((name) => [storageSopClassUid(`${name}Storage`) ?? '', type]),
    ),
  )
  return typesByClass.get(sopClassUid) ?? (hasRows ? imageRecordType : privateRecordType)
}

/** Returns the keys of a record type. */
export function recordKeysOf(type: string): RecordKeys {
  return keysByType[type] ?? keys('')
}

/** Returns true if records of a type are at the root. */
export function isRootType(type: string): boolean {
  return rootTypes.has(type)
}

function keys(required: string, mayBeEmpty = '', conditional = ''): RecordKeys {
  return { required: words(required), mayBeEmpty: words(mayBeEmpty), conditional: words(conditional) }
}

function words(text: string): readonly string[] {
  return text.split(/\s+/u).filter((word) => word !== '')
}
