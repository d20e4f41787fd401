/**
 * Identifies this implementation in group 2 (PS3.10 7.1). It is derived from a UUID (PS3.5 B.2) and the same in all
 * versions.
 */
export const implementationClassUid = '2.25.269382197603776125375582921141853311597'

/** Names the release by its major and minor number, to fit the 16 characters of SH. */
export const implementationVersionName = 'AHI_DICOM_0.1'
