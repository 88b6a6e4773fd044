// A home that the environment names, as Letta's own tools read it. It is offered to the person, never taken silently.

export interface HomeInEnvironment {
  kind: 'selfHosted' | 'cloud';
  url?: string;
  key?: string;
  /** The variables that say so. */
  names: string[];
}

const CLOUD_HOST = 'api.letta.com';

export function homeInEnvironment(env: Readonly<Record<string, string | undefined>>): HomeInEnvironment | undefined {
  const name = ['LETTA_BASE_URL', 'LETTA_API_URL'].find((each) => env[each]?.trim());
  const url = name && env[name]?.trim().replace(/\/+$/, '');
  const key = env.LETTA_API_KEY?.trim();
  const withKey = key ? { key } : {};
  const names = [...(name ? [name] : []), ...(key ? ['LETTA_API_KEY'] : [])];
  if (url && /^https?:\/\//.test(url) && URL.canParse(url)) {
    if (new URL(url).hostname !== CLOUD_HOST) return { kind: 'selfHosted', url, ...withKey, names };
  } else if (url) return undefined;
  return key ? { kind: 'cloud', key, names } : undefined;
}
