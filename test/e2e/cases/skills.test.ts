// Skills: found, offered, loaded and kept; learned from what was done; imported, used and approved.
import './skills.cases.ts';
import './learn-skill.cases.ts';
import './use-skill.cases.ts';
