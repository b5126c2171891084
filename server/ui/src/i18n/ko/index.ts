import shell from "./shell.msg.json";
import problem from "./problem.msg.json";
import session from "./session.msg.json";
import cmdb from "./cmdb.msg.json";
import sections from "./sections.msg.json";
import inventory from "./inventory.msg.json";
import software from "./software.msg.json";
import agents from "./agents.msg.json";
import access from "./access.msg.json";
import audit from "./audit.msg.json";
import search from "./search.msg.json";
import classes from "./classes.msg.json";
import identity from "./identity.msg.json";
import timeline from "./timeline.msg.json";

/** Every message of the language; compiled at build. */
export default { ...shell, ...problem, ...session, ...cmdb, ...sections, ...inventory, ...software, ...agents, ...access, ...audit, ...classes, ...search, ...identity, ...timeline };
