"""Tests of the `lockstep` command from outside: exit codes, one clear line for each bad input, and
`lockstep fuzz` as the parent of workers. Usage: command_line_test.py LOCKSTEP SOURCE_DIR
"""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest

LOCKSTEP = pathlib.Path(sys.argv[1]).resolve()
SOURCE = pathlib.Path(sys.argv[2]).resolve()
CORPUS = SOURCE / "corpus" / "scenarios"
README = SOURCE / "README.md"
SHOWN_SCENARIOS = [README, SOURCE / "docs" / "scenario-language.md"]
SCENARIO = str(CORPUS / "close" / "unread_data_at_close_resets.scn")
USAGE = 254


def children(pid):
    tasks = pathlib.Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in tasks.read_text().split()]


def is_alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(condition):
    deadline = time.monotonic() + 30
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.02)


def shown_scenarios(page):
    """The indented blocks of a page that are whole scenarios: host lines, then steps."""
    blocks = re.findall(r"(?:^    .*\n)+", page.read_text(encoding="utf-8"), re.MULTILINE)
    for block in map(textwrap.dedent, blocks):
        lines = [line for line in block.splitlines() if not line.startswith("#")]
        if lines and lines[0].startswith("host ") and not lines[-1].startswith("host "):
            yield block


class CommandLine(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_command(self, *arguments):
        return subprocess.run([LOCKSTEP, *arguments], cwd=self.folder, capture_output=True,
                              text=True, timeout=120)

    def write(self, name, content):
        path = self.folder / name
        path.write_bytes(content)
        return str(path)

    def check_usage(self, arguments, words):
        done = self.run_command(*arguments)
        self.assertEqual(done.returncode, USAGE, f"{arguments}: {done.stderr}")
        self.assertEqual(done.stdout, "", arguments)
        self.assertEqual(done.stderr.count("\n"), 1, f"{arguments}: {done.stderr}")
        self.assertTrue(done.stderr.startswith("lockstep: "), done.stderr)
        self.assertIn(words, done.stderr)

    def test_bad_options_are_told_in_one_line(self):
        self.write("file", b"")
        for arguments, words in [
            ([], "subcommand"),
            (["rnu"], "unknown command 'rnu'"),
            (["fuzz", "--jobs", "0"], "--jobs"),
            (["fuzz", "--jobs", "257"], "--jobs"),
            (["fuzz", "--time", "-1s"], "no duration"),
            (["fuzz", "--time", "1e308h"], "no duration"),
            (["fuzz", "--time", "nan"], "no duration"),
            (["fuzz", "--time", ""], "no duration"),
            (["fuzz", "--seed", "-1"], "--seed"),
            (["fuzz", "--seed", "99999999999999999999"], "--seed"),
            (["fuzz", "--runs", "-3"], "--runs"),
            (["fuzz", "--out", "file"], "name a folder"),
            (["fuzz", "--out", "/proc/x"], "name a folder"),
            (["fuzz", "--port", "nope"], "unknown port 'nope'"),
            (["fuzz", "--lie", "nope"], "unknown lie 'nope'"),
            (["fuzz", "--dialect", "nope"], "unknown dialect 'nope'"),
            (["show", SCENARIO, "--format", "nope"], "--format"),
            (["show", SCENARIO, "-o", "missing/x"], "cannot be written"),
            (["show", SCENARIO, "-o", "/dev/full"], "cannot be written"),
            (["shrink", SCENARIO], "does not fail"),
            (["diff", SCENARIO, "--port", "in_process"], "two stacks"),
            (["example", "nope"], "unknown rule 'nope'"),
            (["example", "tcp.peer.name", "-o", "file", "--runs", "500"], "name a folder"),
            (["promote", "nope"], "cannot read nope"),
            (["promote", SCENARIO, "--corpus", "missing"], "no such folder"),
            (["rules", "--json", "--coverage", SCENARIO], "--json"),
            (["rules", "--json", "--markdown"], "--json"),
            (["rules", "--counts", "linux=counts.json"], "--markdown"),
            (["fuzz", "--port", "a=in_process,a=in_process"], "twice"),
            (["run", SCENARIO, "--port", "a=in_process,b=in_process,zz=in_process"], "'zz'"),
            (["diff", "--port", "in_process", "--port", "in_process"], "--scenarios"),
            (["diff", SCENARIO, "--port", "in_process", "--port", "in_process", "--lie", "none"],
             "a lie for each"),
            (["generator", "--runs", "-1"], "--runs"),
            (["discriminate", "--changes", "0"], "--changes"),
            (["discriminate", "--scenarios", "0", "--out", "file"], "name a folder"),
            (["discriminate", "missing.scn"], "no such file"),
        ]:
            with self.subTest(arguments=arguments):
                self.check_usage(arguments, words)

    def test_bad_files_are_told_with_their_place(self):
        (self.folder / "empty").mkdir()
        files = {
            "missing.scn": "no such file", "empty": "",
            self.write("nothing.scn", b""): ":1:1: ",
            self.write("garbage.scn", bytes(range(256)) * 400): ":1:1: ",
            self.write("nul.scn", b"host a 10.0.0.1\n\0\0\n"): ":2:1: ",
            self.write("word.scn", b"host a 10.0.0.1\na: s = socket inet strem\n"): ":2:20: ",
            self.write("long.scn", b"host a 10.0.0.1\na: s = socket inet " + b"x" * 3_000_000):
                ":2:20: ",
            self.write("number.scn", b"host a 10.0.0.1\ntick a 99999999999\n"): ":2:8: ",
        }
        for file, words in files.items():
            with self.subTest(file=file):
                self.check_usage(["run", file], words)
                self.check_usage(["rules", "--coverage", file], words)
                self.check_usage(["diff", "--port", "in_process", "--port", "in_process", file],
                                 words)
                in_one = words if words.startswith(":") else file
                self.check_usage(["show", file], in_one)
                self.check_usage(["shrink", file], in_one)

    # What the README shows is what its commands print, but for counts of scenarios and times.
    def test_the_readme_shows_what_its_commands_print(self):
        block = README.read_text(encoding="utf-8").split("```")[1].strip("\n").splitlines()
        ladder = next(i for i, line in enumerate(block) if line.startswith("        a "))
        found = self.run_command("fuzz", "--lie", "rst_swallowed", "--time", "60s", "--jobs", "1")
        self.assertEqual(found.returncode, 1, found.stderr)
        told = [line for line in block[:ladder] if line.lstrip().startswith(("tcp.", "replay:"))]
        self.assertEqual(len(told), 2, block)
        for line in told:
            self.assertIn(line, found.stdout.splitlines())
        file = told[1].split()[-1]
        shown = self.run_command("show", "--lie", "rst_swallowed", file)
        self.assertEqual(shown.stdout.strip("\n").splitlines(), block[ladder:])

    def test_the_scenarios_that_pages_show_hold(self):
        for page in SHOWN_SCENARIOS:
            scenarios = list(shown_scenarios(page))
            self.assertTrue(scenarios, page)
            for number, text in enumerate(scenarios):
                file = self.write(f"{page.stem}-{number}.scn", text.encode())
                with self.subTest(file=file):
                    done = self.run_command("run", file)
                    self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_counts_are_kept_as_json(self):
        self.run_command("fuzz", "--runs", "20", "--jobs", "1", "--report", "counts.json")
        counts = json.loads((self.folder / "counts.json").read_text(encoding="utf-8"))
        self.assertEqual(counts["scenarios"], 20)
        self.assertGreater(counts["rules"]["tcp.connect.progress"], 0)
        self.check_usage(["fuzz", "--runs", "1", "--report", "none/counts.json"], "folder")

    def test_a_long_work_asks_first_whether_it_can_be_kept(self):
        self.check_usage(["shrink", SCENARIO, "-o", "none/small.scn"], "folder")

    def test_what_cannot_be_printed_is_no_success(self):
        for arguments in ["rules", "--json"], ["show", SCENARIO], ["run", SCENARIO], ["lies"]:
            with open("/dev/full", "w", encoding="utf-8") as full:
                done = subprocess.run([LOCKSTEP, *arguments], stdout=full, stderr=subprocess.PIPE,
                                      text=True, check=False)
            self.assertEqual(done.returncode, USAGE, arguments)
            self.assertIn("standard output cannot be written", done.stderr)

    def test_a_bad_file_does_not_keep_the_others_from_running(self):
        good = b"host a 10.0.0.1\nsettle\n"
        (self.folder / "all").mkdir()
        self.write("all/1.scn", good)
        self.write("all/2.scn", b"host a 10.0.0.1\nsetle\n")
        self.write("all/3.scn", good)
        done = self.run_command("run", "all", "missing.scn")
        self.assertEqual(done.returncode, USAGE)
        self.assertEqual(done.stdout, "ok    all/1.scn  (1 steps)\nok    all/3.scn  (1 steps)\n"
                                      "2 ok, 0 failed, 0 skipped, 2 malformed\n")
        self.assertEqual([line.split(" ")[1] for line in done.stderr.splitlines()],
                         ["all/2.scn:2:1:", "missing.scn:"])
        self.write("all/4.scn", b"host a 10.0.0.1\na: socket inet stream -> EMFILE\n")
        done = self.run_command("run", "all")
        self.assertEqual(done.returncode, 1)
        self.assertTrue(done.stdout.endswith("2 ok, 1 failed, 0 skipped, 1 malformed\n"))

    def test_a_verdict_is_printed_once(self):
        file = self.write("wrong.scn", b"host a 10.0.0.1\na: socket inet stream -> EMFILE\n")
        for flags in [], ["--trace"]:
            out = self.run_command("run", file, *flags).stdout
            self.assertEqual(out.count("expected -> EMFILE"), 1, out)
            self.assertTrue(out.endswith(f"FAIL  {file}: expectation failed at step 1 (line 2)\n"),
                            out)

    def test_linked_directories_are_entered_once(self):
        for folder in ("all", "elsewhere"):
            (self.folder / folder).mkdir()
        self.write("elsewhere/1.scn", b"host a 10.0.0.1\nsettle\n")
        (self.folder / "all" / "link").symlink_to("../elsewhere")
        (self.folder / "elsewhere" / "back").symlink_to("../all")
        done = self.run_command("run", "all")
        self.assertEqual((done.returncode, done.stdout),
                         (0, "ok    all/link/1.scn  (1 steps)\n"), done.stderr)

    def test_diff_notes_what_stacks_choose_and_tells_of_expectations(self):
        ports = ["--port", "in_process", "--port", "in_process"]
        done = self.run_command("diff", SCENARIO, *ports)
        self.assertEqual((done.returncode, done.stdout), (0, f"same  {SCENARIO}\n"), done.stderr)
        wrong = self.write("wrong.scn", b"host a 10.0.0.1\na: socket inet stream -> EMFILE\n")
        done = self.run_command("diff", wrong, *ports)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertTrue(done.stdout.startswith(f"same  {wrong}\n"), done.stdout)
        self.assertEqual(done.stdout.count("expected -> EMFILE"), 2, done.stdout)
        lie = ["--lie", "none", "--lie", "ack_ahead"]
        done = self.run_command("diff", SCENARIO, *ports, *lie)
        self.assertEqual(done.returncode, 1)
        self.assertIn("first  leaves", done.stdout)
        # Of the calls all are the same, until the broken rule ends the second run.
        done = self.run_command("diff", SCENARIO, *ports, *lie, "--calls")
        self.assertIn("second nothing more", done.stdout)

    def test_a_result_of_no_call_fails(self):
        text = b"host a 10.0.0.1\na: c = socket inet stream\na: send d 10 -> EPIPE\n"
        done = self.run_command("run", self.write("typo.scn", text))
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("(line 3): expected -> EPIPE, but no call was made", done.stdout)

    def test_a_long_file_is_run(self):
        lines = b"host a 10.0.0.1\na: s = socket inet stream\n" + b"a: getsockname s\n" * 100_000
        done = self.run_command("run", self.write("long.scn", lines))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("100001 steps", done.stdout)

    # A run whose workers have begun.
    def start_fuzz(self, *arguments):
        run = subprocess.Popen([LOCKSTEP, "fuzz", "--keep-going", "--time", "1h", *arguments],
                               cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True)
        self.addCleanup(run.kill)
        wait_until(lambda: list(self.folder.glob("findings/.raw-*/*.current")))
        return run

    def test_an_interrupt_ends_a_run_with_its_summary(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            run = self.start_fuzz()
            workers = children(run.pid)
            self.assertTrue(workers)
            run.send_signal(number)
            out, err = run.communicate(timeout=60)
            self.assertIn("interrupted", out)
            self.assertIn("scenarios,", out)
            self.assertNotIn("crash", out + err)
            self.assertNotIn("\x1b", err)
            self.assertEqual(run.returncode, 1 if "finding(s)" in out else 128 + number)
            self.assertFalse([worker for worker in workers if is_alive(worker)])
            self.assertFalse(list(self.folder.glob("findings/.raw-*")))

    def test_workers_die_with_their_parent_and_the_next_run_tidies_up(self):
        run = self.start_fuzz()
        workers = children(run.pid)
        run.kill()
        run.communicate()
        wait_until(lambda: not any(is_alive(worker) for worker in workers))
        self.assertTrue(list(self.folder.glob("findings/.raw-*")))
        self.run_command("fuzz", "--runs", "1")
        self.assertFalse(list(self.folder.glob("findings/.raw-*")))

    def test_a_killed_worker_is_replaced(self):
        run = self.start_fuzz("--jobs", "1")
        killed = children(run.pid)[0]
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: [worker for worker in children(run.pid) if worker != killed])
        run.send_signal(signal.SIGTERM)
        out, err = run.communicate(timeout=60)
        self.assertIn("worker 0 was killed by signal 9; another takes its place", err)
        self.assertNotIn("crash", out + err)

    def test_two_runs_share_a_folder(self):
        runs = [subprocess.Popen([LOCKSTEP, "fuzz", "--runs", "200", "--keep-going"],
                                 cwd=self.folder, stdout=subprocess.PIPE,
                                 stderr=subprocess.DEVNULL, text=True)
                for _ in range(2)]
        for run in runs:
            out, _ = run.communicate(timeout=120)
            self.assertIn("200 scenarios", out)
            self.assertIn(run.returncode, (0, 1))

    def test_a_budget_smaller_than_the_workers_is_kept(self):
        done = self.run_command("fuzz", "--runs", "1", "--jobs", "4")
        self.assertTrue(done.stdout.lstrip().startswith("1 scenarios"), done.stdout)

    # Rows of `lockstep discriminate` by kind: changes, rejected, share, ..., survivors.
    def kinds_of(self, done):
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = [line.split() for line in done.stdout.split("rejected by")[0].splitlines()[2:]]
        return {row[0]: row[1:] for row in rows}

    def test_changed_traces_are_counted_by_kind(self):
        arguments = ["discriminate", "--scenarios", "40", "--seed", "3", "--out", "survivors"]
        done = self.run_command(*arguments)
        kinds = self.kinds_of(done)
        self.assertEqual(list(kinds), ["errno", "length", "byte", "order", "address", "flag", "seq",
                                       "ack", "window", "eof", "rst", "removed", "repeated",
                                       "added", "delayed"])
        for kind in ("errno", "length", "byte", "address", "seq", "eof", "rst"):
            self.assertGreaterEqual(float(kinds[kind][2]), 90, kind)
        self.assertTrue(done.stdout.startswith("40 accepted traces (0 others left out)"))
        self.assertIn("udp.nothing_from_nowhere", done.stdout)
        self.assertIn("repeated, repeated: ack", (self.folder / "survivors/survivors.txt").read_text())
        self.assertEqual(done.stdout, self.run_command(*arguments).stdout)

    def test_exploring_says_what_it_covered_and_keeps_what_it_finds(self):
        done = self.run_command("explore", "unix_pair", "--set", "writes=1", "--json", "figures")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"(?s)unix_pair +holds .*states, .*transitions, depth")
        figures = json.loads((self.folder / "figures").read_text())
        self.assertEqual(figures[0]["model"], "unix_pair")
        self.assertGreater(figures[0]["states"], 100)

        done = self.run_command("explore", "close_race", "--lie", "fin_never_sent", "--out", "out")
        self.assertEqual(done.returncode, 12, done.stdout + done.stderr)
        self.assertIn("tcp.fin.is_sent", done.stdout)
        found = re.search(r"replay:   lockstep (run .*)", done.stdout)
        self.assertEqual(self.run_command(*found[1].split()).returncode, 1)

        done = self.run_command("explore", "zero_window_drains", "--set", "reader=0")
        self.assertEqual(done.returncode, 13, done.stdout + done.stderr)
        self.assertIn("from here again and again", done.stdout)

        done = self.run_command("explore", "close_race", "--max-states", "500")
        self.assertEqual(done.returncode, 3, done.stdout + done.stderr)
        self.assertIn("not all of their actions tried", done.stdout)

        self.assertEqual(self.run_command("explore", "--list").returncode, 0)

    def test_exploring_what_cannot_be_is_told_in_one_line(self):
        for arguments, words in [
                ([], "name a model"),
                (["no_such_model"], "no model 'no_such_model'"),
                (["close_race", "--set", "drops=1"], "bound 'drops'"),
                (["close_race", "--set", "writes"], "BOUND=NUMBER"),
                (["close_race", "--set", "writes=256"], "above 254"),
                (["bind_conflicts", "--set", "sockets=4"], "above 3"),
                (["close_race", "--resume"], "--checkpoint"),
                (["close_race", "--lie", "econnreset_twice"], "cannot be copied"),
                (["data", "--svg", "big.svg"], "too many to draw"),
        ]:
            self.check_usage(["explore", *arguments], words)

    def test_changes_are_made_of_scenario_files(self):
        done = self.run_command("discriminate", SCENARIO, "--changes", "200", "--survivors", "1")
        self.assertTrue(done.stdout.startswith("1 accepted traces"), done.stdout)
        self.assertEqual(self.kinds_of(done)["eof"][2], "100.00")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
