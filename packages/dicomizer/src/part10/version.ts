/** Names this implementation in group 2 (PS3.10 7.1): a UUID-derived UID (PS3.5 B.2), the same for every version. */
export const implementationClassUid = '2.25.269382197603776125375582921141853311597'

/** Names the release, major and minor, so that it fits the 16 characters of SH. */
export const implementationVersionName = 'AHI_DICOM_0.1'
