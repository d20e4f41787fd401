/**
 * Returns a form that is the same for all names that some file system takes for one. File systems may ignore case (NTFS,
 * APFS), the normal form (APFS, ZFS up to NFKC) and invisible characters (HFS+, folders of ext4 that ignore case).
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
