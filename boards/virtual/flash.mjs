// The unit's flash: what outlives the interpreter. The build tree's files plus what the unit has committed.
//
// Files live in the interpreter's file system while it runs; `commit` is what makes one durable, so a
// power cut loses everything else. With a folder, the data files outlive this process too.

import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const BLOCK = 4096;
const SIZE = 2 << 20; // the data partition of a 4 MB ESP32
const ENOSPC = 28;
const WRITING = ".writing"; // of a file on its way to the disk
const SYSTEM = new Set(["dev", "proc", "home", "tmp"]); // the interpreter's own folders

export class Flash {
  constructor(tree, folder) {
    this.folder = folder;
    this.files = new Map(); // path without leading slash → bytes
    for (const [path, bytes] of filesUnder(tree)) this.files.set(path, bytes);
    this.fromTree = new Set(this.files.keys());
    this.failing = 0; // the errno with which it refuses to be written
    this.counts = {}; // first part of a file's name → how often it was written since this was made
    if (folder) for (const [path, bytes] of filesUnder(folder)) if (!this.fromTree.has(path)) this.files.set(path, bytes);
  }

  /** Put every file into a fresh interpreter's file system. */
  install(FS) {
    for (const [path, bytes] of this.files) {
      makeFolders(FS, dirname(path));
      FS.writeFile(`/${path}`, bytes);
    }
  }

  /** Take over the whole file system: the maintenance REPL writes it without asking us. */
  adopt(FS) {
    const now = new Map(walk(FS, ""));
    for (const path of this.files.keys()) if (!now.has(path)) this.#forget(path);
    for (const [path, bytes] of now) this.#store(path, bytes);
  }

  /** The errno that `operation` gets now, else 0: a full flash still lets files be removed. */
  refusal(operation) {
    return this.failing === ENOSPC && operation === "remove" ? 0 : this.failing;
  }

  /** `count` new bytes of a file become durable, with all that it holds. */
  commit(FS, path, count) {
    this.#count(path, "flush", count);
    this.#store(path, FS.readFile(`/${path}`));
  }

  remove(path) {
    this.#count(path, "remove");
    this.#forget(path);
  }

  rename(from, to) {
    const bytes = this.files.get(from);
    if (bytes === undefined) return;
    this.#count(from, "rename");
    this.#store(to, bytes);
    this.#forget(from);
  }

  free() {
    if (this.failing === ENOSPC) return 0;
    let used = 2 * BLOCK;
    for (const bytes of this.files.values()) used += Math.ceil(bytes.length / BLOCK) * BLOCK;
    return Math.max(0, SIZE - used);
  }

  #count(path, operation, bytes = 0) {
    const counts = (this.counts[path.split(".")[0]] ??= { flush: 0, rename: 0, remove: 0, bytes: 0 });
    counts[operation]++;
    counts.bytes += bytes;
  }

  #forget(path) {
    this.files.delete(path);
    if (this.#mirrored(path)) rmSync(join(this.folder, path), { force: true });
  }

  #mirrored(path) {
    return this.folder && !this.fromTree.has(path);
  }

  #store(path, bytes) {
    const before = this.files.get(path);
    if (before && Buffer.compare(before, bytes) === 0) return;
    this.files.set(path, bytes);
    if (!this.#mirrored(path)) return;
    const target = join(this.folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(`${target}${WRITING}`, bytes); // rename: this process may be killed at any moment
    renameSync(`${target}${WRITING}`, target);
  }
}

function* filesUnder(root, inside = "") {
  let names = [];
  try {
    names = readdirSync(join(root, inside)).sort();
  } catch (error) {
    if (error.code !== "ENOENT") throw error; // a unit that never wrote anything has no folder yet
  }
  for (const name of names) {
    const path = inside ? `${inside}/${name}` : name;
    if (statSync(join(root, path)).isDirectory()) yield* filesUnder(root, path);
    else if (!name.endsWith(WRITING)) yield [path, readFileSync(join(root, path))];
  }
}

function makeFolders(FS, path) {
  if (path === "." || FS.analyzePath(`/${path}`).exists) return;
  makeFolders(FS, dirname(path));
  FS.mkdir(`/${path}`);
}

function* walk(FS, inside) {
  for (const name of FS.readdir(`/${inside}`)) {
    const path = inside ? `${inside}/${name}` : name;
    if (name === "." || name === ".." || (!inside && SYSTEM.has(name))) continue;
    if (FS.isDir(FS.stat(`/${path}`).mode)) yield* walk(FS, path);
    else yield [path, FS.readFile(`/${path}`)];
  }
}
