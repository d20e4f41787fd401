/**
 * Returns a form that is equal for two names if any file system treats them as the same name. File systems may ignore
 * case (NTFS, APFS), the normal form (APFS, ZFS up to NFKC), and invisible characters (HFS+, case-insensitive folders
 * of ext4).
 */
export function foldCase(name: string): string {
  if (isPrintableAscii.test(name)) return name.toLowerCase()
  return name
    .normalize('NFKD')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKC')
}

const isPrintableAscii = /^[\x20-\x7e]*$/u
