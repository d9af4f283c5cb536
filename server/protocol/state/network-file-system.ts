import { readFileSync, statfsSync } from 'node:fs';

/** Linux's `f_type` numbers (statfs(2)) of file systems that other machines share. */
const networkTypes = new Map<number, string>([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x5346414f, 'AFS'],
  [0x00c36400, 'Ceph'],
  [0x01021997, '9P'],
  [0x73757245, 'Coda'],
  [0x564c, 'NCP'],
  [0x01161970, 'GFS2'],
  [0x7461636f, 'OCFS2'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
]);
const fuse = 0x65735546;
const networkFuse = /^fuse\.(sshfs|s3fs|rclone|gcsfuse|glusterfs|davfs|curlftpfs|smbnetfs|goofys|cephfs|nfs)/;

/**
 * The name of the network file system that a folder is on, or undefined. Known on Linux, and for UNC paths on
 * Windows; elsewhere Node.js has no way to ask, and the answer is undefined.
 * @param folder an existing folder, absolute, without symbolic links
 */
export function networkFileSystem(folder: string): string | undefined {
  if (process.platform === 'win32') {
    return /^[\\/]{2}(?![?.][\\/][A-Za-z]:)/.test(folder) ? 'a shared folder' : undefined;
  }
  if (process.platform !== 'linux') {
    return undefined;
  }
  // f_type is a signed long on some machines.
  const type = statfsSync(folder).type >>> 0;
  return type === fuse ? networkFuseAt(folder) : networkTypes.get(type);
}

/** FUSE holds local file systems too, such as encrypted home folders; its kind is in the mount table (proc(5)). */
function networkFuseAt(folder: string): string | undefined {
  let found: { point: string; type: string } | undefined;
  for (const line of readFileSync('/proc/self/mountinfo', 'utf8').split('\n')) {
    const [left = '', right = ''] = line.split(' - ');
    const point = (left.split(' ')[4] ?? '').replace(/\\040/g, ' ');
    const covers = point === '/' || folder === point || folder.startsWith(`${point}/`);
    if (covers && point.length >= (found?.point.length ?? 0)) {
      found = { point, type: right.split(' ')[0] ?? '' };
    }
  }
  return found !== undefined && networkFuse.test(found.type) ? found.type : undefined;
}
