@echo off
rem The postern command of an installed Postern: the app's own program, without a window.
setlocal
"%~dp0..\Postern.exe" --disable-gpu --log-level=3 --postern-command -- %*
exit /b %ERRORLEVEL%
