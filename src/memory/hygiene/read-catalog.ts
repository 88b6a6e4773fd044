// Reads the version catalog of Gradle: libraries with their versions, and that of Kotlin.
import type { Project } from './project-types.ts';
import type { Setting } from './setting.ts';

/** A version catalog of Gradle: `room-ktx = { module = "androidx.room:room-ktx", version.ref = "room" }` */
export function readCatalog(project: Project, path: string, _text: string, settings: Setting[]): void {
  const stated = (...key: string[]): string =>
    settings.find((each) => each.key.join('\0') === key.join('\0'))?.value ?? '';
  for (const { key, value, line } of settings) {
    const [section = '', alias = '', field = ''] = key;
    if (section === 'versions' && alias === 'kotlin')
      project.runtimes.push({ runtime: 'kotlin', spec: value, path, line });
    if (section !== 'libraries' || !/^(?:|module|name)$/.test(field)) continue;
    const spec = stated(section, alias, 'version') || stated('versions', stated(section, alias, 'version', 'ref'));
    const [, artifact = value, own = spec] = value.split(':');
    for (const name of new Set([artifact, alias])) project.dependencies.push({ name, spec: own, path, line });
  }
}
